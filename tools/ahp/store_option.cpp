#include "store_option.hpp"

#include "message_text.hpp"
#include "url_query.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::Value;

[[noreturn]] void refuse(std::string_view scheme, std::string_view what) {
  throw std::invalid_argument(fmt::format("{}: {}", scheme, what));
}

bool is_letter_or_digit(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9');
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int number_between(std::string_view scheme, std::string_view what, std::string_view text,
                   std::pair<int, int> range) {
  const std::optional<int> number = parse_number<int>(text);
  if (!number || *number < range.first || *number > range.second) {
    refuse(scheme,
           fmt::format("{} must be an integer from {} to {}", what, range.first, range.second));
  }
  return *number;
}

UrlQuery read_query(std::string_view scheme, std::string_view text, QueryNames known) {
  std::optional<UrlQuery> query = parse_query(text, known);
  if (!query) {
    refuse(scheme,
           fmt::format("after the ? go {}=..., each at most once and not empty, joined by &",
                       fmt::join(known, "=..., ")));
  }
  return *std::move(query);
}

StoreOption parse_file_url(std::string_view path) {
  if (path.starts_with("//") && !path.starts_with("///"))
    refuse("file", "a host is of no use: file:DIR");
  if (path.empty()) refuse("file", "a directory is needed: file:DIR");
  if (path.find('?') != path.npos) refuse("file", "options are none, and a ? in DIR is refused");
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error).lexically_normal();
  if (error) refuse("file", fmt::format("the current directory: {}", error.message()));
  std::string directory = absolute.string();
  directory.erase(0, std::min(directory.find_first_not_of('/'), directory.size()));
  while (directory.ends_with('/')) directory.pop_back();
  directory.insert(0, "/");
  return {"file:" + directory, "file", Value::object({{"directory", directory}})};
}

// USER:PASSWORD@, as it stands in front, is cut off.
Value::Object cut_credentials(std::string_view scheme, std::string_view& text) {
  if (std::count(text.begin(), text.end(), '@') > 1)
    refuse(scheme, "an @ within the credentials is written %40");
  if (text.find('@') == text.npos) return {};
  std::string_view password = cut(text, '@');
  if (password.find('/') != password.npos) refuse(scheme, "a / in the credentials is written %2F");
  const bool has_password = password.find(':') != password.npos;
  const std::string_view user = cut(password, ':');
  Value::Object options;
  for (const auto& [name, value, is_given] :
       {std::tuple("user", user, !user.empty()), std::tuple("password", password, has_password)}) {
    if (!is_given) continue;
    std::optional<std::string> decoded = decode_percent(value);
    if (!decoded || !is_utf8(*decoded))
      refuse(scheme, "the credentials must be UTF-8, a % in them is written %25");
    options.emplace_back(name, *std::move(decoded));
  }
  return options;
}

// With what the query says of them.
Value redis_options(std::string_view scheme, std::string url, Value::Object options,
                    const UrlQuery& query) {
  options.emplace_back("url", std::move(url));
  if (const auto ttl = query.find("ttl"); ttl != query.end()) {
    const std::optional<double> seconds = parse_number<double>(ttl->second);
    if (!seconds) refuse(scheme, "ttl must be a number of seconds");
    options.emplace_back("ttl", *seconds);
  }
  if (const auto file = query.find("ca_file"); file != query.end())
    options.emplace_back("ca_file", file->second);
  return options;
}

StoreOption parse_redis_url(std::string_view scheme, std::string_view rest) {
  std::string_view query_text = rest;
  rest = cut(query_text, '?');
  const UrlQuery query = scheme == "rediss" ? read_query(scheme, query_text, {"ttl", "ca_file"})
                                            : read_query(scheme, query_text, {"ttl"});
  Value::Object credentials = cut_credentials(scheme, rest);
  const std::string_view db = rest.substr(std::min(rest.find('/'), rest.size()));
  rest.remove_suffix(db.size());
  const bool is_address = rest.starts_with('[');
  const std::size_t host_end = is_address ? rest.find(']') : rest.find(':');
  const std::size_t host_size = std::min(rest.size(), is_address ? host_end + 1 : host_end);
  std::string host(rest.substr(0, host_size));
  const std::string_view port = rest.substr(host_size);
  const auto belongs_to_host = [&](char c) {
    const std::string_view others = is_address ? "[]:." : "-._";
    return is_letter_or_digit(c) || others.find(c) != others.npos;
  };
  if (host.empty() || (is_address && host_end == rest.npos) ||
      !std::all_of(host.begin(), host.end(), belongs_to_host) ||
      (!port.empty() && port.front() != ':')) {
    refuse(scheme, "a host is needed: [USER[:PASSWORD]@]HOST[:PORT][/DB]");
  }
  for (char& c : host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  constexpr int default_port = 6379;
  const int port_number =
      port.empty() ? default_port : number_between(scheme, "the port", port.substr(1), {1, 65535});
  const int db_number = db.size() < 2 ? 0
                                      : number_between(scheme, "the database", db.substr(1),
                                                       {0, std::numeric_limits<int>::max()});
  const std::string place = fmt::format("{}:{}/{}", host, port_number, db_number);
  return {
      fmt::format("{}://{}{}", scheme, place, to_query(query, {"ca_file"})), "redis",
      redis_options(scheme, fmt::format("{}://{}", scheme, place), std::move(credentials), query)};
}

StoreOption parse_unix_url(std::string_view rest) {
  std::string_view query_text = rest;
  rest = cut(query_text, '?');
  const UrlQuery query = read_query("unix", query_text, {"db", "ttl"});
  Value::Object credentials = cut_credentials("unix", rest);
  if (!rest.starts_with('/') || rest.size() < 2 || !decode_percent(rest))
    refuse("unix", "the absolute path of a socket is needed: unix:///SOCKET");
  std::string place(rest);
  if (const auto found = query.find("db"); found != query.end()) {
    const int db =
        number_between("unix", "db", found->second, {0, std::numeric_limits<int>::max()});
    if (db > 0) place += fmt::format("?db={}", db);
  }
  return {"unix://" + place, "redis",
          redis_options("unix", "unix://" + place, std::move(credentials), query)};
}

StoreOption parse_s3_url(std::string_view rest) {
  std::string_view query_text = rest;
  rest = cut(query_text, '?');
  const auto known = {std::string_view("endpoint"), std::string_view("region"),
                      std::string_view("style"), std::string_view("ca_file")};
  const UrlQuery query = read_query("s3", query_text, known);
  std::string_view prefix = rest;
  const std::string bucket(cut(prefix, '/'));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (bucket.find_first_of("@:") != bucket.npos || prefix.find('@') != prefix.npos)
    refuse("s3",
           "credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not from URLs");
  if (bucket.empty()) refuse("s3", "a bucket is needed: s3://BUCKET[/PREFIX]");
  Value::Object options{{"bucket", bucket}};
  if (!prefix.empty()) options.emplace_back("key_prefix", fmt::format("{}/", prefix));
  for (const auto& [name, value] : query) {
    if (name == "endpoint" && value.find('@') != value.npos)
      refuse("s3", "the endpoint must have no credentials");
    if (name == "style" && value != "path" && value != "host")
      refuse("s3", "style must be path or host");
    options.emplace_back(name == "style" ? "addressing_style" : name, value);
  }
  return {fmt::format("s3://{}{}{}{}", bucket, prefix.empty() ? "" : "/", prefix,
                      to_query(query, known)),
          "s3", Value(std::move(options))};
}

}  // namespace

StoreOption parse_store_url(std::string_view url) {
  constexpr std::string_view forms = "must be file:DIR, redis://, rediss://, unix:// or s3://...";
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7F; };
  if (!is_utf8(url) || std::any_of(url.begin(), url.end(), is_control))
    throw std::invalid_argument("must be UTF-8 without control characters");
  std::string_view rest = url;
  const std::string_view scheme = cut(rest, ':');
  if (scheme == "file") return parse_file_url(rest);
  const bool has_authority = rest.starts_with("//");
  rest.remove_prefix(has_authority ? 2 : 0);
  if (!has_authority) throw std::invalid_argument(std::string(forms));
  const auto is_bad = [](char c) { return c == ' ' || c == '#'; };
  if (std::any_of(rest.begin(), rest.end(), is_bad))
    refuse(scheme, "a space is written %20, a # %23");
  if (scheme == "redis" || scheme == "rediss") return parse_redis_url(scheme, rest);
  if (scheme == "unix") return parse_unix_url(rest);
  if (scheme == "s3") return parse_s3_url(rest);
  throw std::invalid_argument(std::string(forms));
}

void open_store(const StoreOption& store, async_http_pool::Configuration& configuration) {
  Value::Object options = store.options.as_object();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): only setenv makes it so
  const char* const password = std::getenv("AHP_REDIS_PASSWORD");
  if (store.adapter == "redis" && !store.options.contains("password") && password != nullptr)
    options.emplace_back("password", password);
  try {
    configuration.register_payload_store(store.name, store.adapter, options);
  } catch (const std::exception& error) {
    throw UsageError(fmt::format("cannot open store {}: {}", store.name, error.what()));
  }
}

}  // namespace ahp_tool
