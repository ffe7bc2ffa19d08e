#include "stores/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/ascii.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

[[noreturn]] void refuse(std::string_view reason) {
  throw std::invalid_argument("redis url " + std::string(reason));
}

std::string decode(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    if (text.front() != '%') {
      decoded += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto byte = percent_escape(text);
    if (!byte) refuse("has a '%' that is no percent-encoding");
    decoded += static_cast<char>(*byte);
    text.remove_prefix(3);
  }
  return decoded;
}

int database_number(std::string_view digits) {
  int number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || !is_digit(digits.front())) {
    refuse("has a database that is no number");
  }
  return number;
}

/// Takes the user and the password away from the front of `authority`.
void take_credentials(std::string_view& authority, RedisStoreOptions& options) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return;
  const std::string_view credentials = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  if (credentials.find('@') != std::string_view::npos) refuse("has an '@' that is not encoded");
  const std::size_t colon = credentials.find(':');
  std::string user = decode(credentials.substr(0, colon));
  std::string password =
      colon == std::string_view::npos ? std::string() : decode(credentials.substr(colon + 1));
  if (user.empty() && password.empty()) return;
  // One's user with the other's password would be nobody, or somebody else.
  if ((!options.user.empty() && options.user != user) ||
      (!options.password.empty() && options.password != password)) {
    refuse("names a user or a password other than those of the options: give both in one place");
  }
  options.user = std::move(user);
  options.password = std::move(password);
}

void take_socket(const UrlParts& parts, std::string_view authority, RedisStoreOptions& options) {
  if (!authority.empty()) refuse("with scheme unix must have no host: unix:///path");
  options.unix_socket = decode(parts.path);
  if (options.unix_socket.size() < 2) refuse("with scheme unix has no path");
  if (!parts.query) return;
  if (!parts.query->starts_with("db=")) refuse("knows no query but db=<number>");
  options.db = database_number(parts.query->substr(3));
}

void take_host(const UrlParts& parts, std::string_view authority, RedisStoreOptions& options) {
  if (parts.query) refuse("has a query, which only the scheme unix knows");
  const auto [host, port] = split_authority(authority);
  if (host.empty()) refuse("has no host");
  if (!is_host(host)) {
    refuse("has a wrong host (are all special characters of the password percent-encoded?)");
  }
  const bool is_address = host.front() == '[';
  options.host = decode(is_address ? host.substr(1, host.size() - 2) : host);
  options.unix_socket.clear();
  if (authority.size() > host.size()) {
    const auto number = port_number(port);
    if (!number) {
      refuse(
          "has a port that is not 1 to 65535 (are all special characters of the password "
          "percent-encoded?)");
    }
    options.port = *number;
  }
  if (parts.path.size() > 1) options.db = database_number(parts.path.substr(1));
}

}  // namespace

RedisStoreOptions resolve_redis_url(RedisStoreOptions options) {
  if (options.url.empty()) return options;
  const std::string url = std::exchange(options.url, {});
  if (!std::all_of(url.begin(), url.end(), is_url_character)) {
    refuse("has a character that must be percent-encoded");
  }
  const UrlParts parts = split_url(url);
  if (!parts.scheme || !parts.authority) refuse("must begin with redis://, rediss:// or unix://");
  if (parts.fragment) refuse("has a fragment ('#' must be percent-encoded)");
  std::string_view authority = *parts.authority;
  take_credentials(authority, options);
  if (equals_ignoring_case(*parts.scheme, "unix")) {
    take_socket(parts, authority, options);
  } else if (equals_ignoring_case(*parts.scheme, "redis")) {
    take_host(parts, authority, options);
  } else if (equals_ignoring_case(*parts.scheme, "rediss")) {
    take_host(parts, authority, options);
    options.tls = true;
  } else {
    refuse("must begin with redis://, rediss:// or unix://");
  }
  return options;
}

}  // namespace async_http_pool
