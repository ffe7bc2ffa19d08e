#include "stores/s3_address.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "http/ascii.hpp"
#include "http/url.hpp"
#include "http/url_grammar.hpp"
#include "stores/payload_key.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t s3_key_bytes_max = 1024;
constexpr std::size_t prefix_bytes_max = s3_key_bytes_max - payload_key_bytes_max;

bool is_lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || is_digit(c); }

/// "1.2.3.4"
bool looks_like_ipv4(std::string_view host) noexcept {
  return std::count(host.begin(), host.end(), '.') == 3 &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// The rule of AWS for new buckets: what can be a part of a host name.
bool is_host_bucket(std::string_view bucket) noexcept {
  return bucket.size() >= 3 && bucket.size() <= 63 && is_lower_or_digit(bucket.front()) &&
         is_lower_or_digit(bucket.back()) && bucket.find("..") == std::string_view::npos &&
         bucket.find(".-") == std::string_view::npos &&
         bucket.find("-.") == std::string_view::npos && !looks_like_ipv4(bucket) &&
         std::all_of(bucket.begin(), bucket.end(),
                     [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; });
}

/// What old buckets and other servers have, too.
bool is_path_bucket(std::string_view bucket) noexcept {
  return !bucket.empty() && bucket.size() <= 255 && bucket != "." && bucket != ".." &&
         std::all_of(bucket.begin(), bucket.end(), [](char c) {
           return is_lower_or_digit(to_lower(c)) || c == '-' || c == '_' || c == '.';
         });
}

Url parse_endpoint(const std::string& endpoint) {
  Url url = [&endpoint] {
    try {
      return Url::parse(endpoint);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("s3 store: endpoint: {}", error.what()));
    }
  }();
  if (url.target() != "/" || url.text().find_first_of("?#") != std::string::npos) {
    throw std::invalid_argument(
        fmt::format("s3 store: endpoint must have no path, query or fragment, got: {}",
                    quoted(redact_url(endpoint))));
  }
  return url;
}

std::string amazon_endpoint(const std::string& region) {
  // Partitions with domains that are not known here: us-iso-..., eu-isoe-..., the sovereign cloud.
  if (region.find("-iso") != std::string::npos || region.starts_with("eusc-")) {
    throw std::invalid_argument(
        fmt::format("s3 store: endpoint must be given for region {}", quoted(region)));
  }
  return fmt::format("https://s3.{}.amazonaws.com{}", region,
                     region.starts_with("cn-") ? ".cn" : "");
}

bool is_host_style(const S3StoreOptions& options, const Url& endpoint) {
  switch (options.addressing_style) {
    case S3AddressingStyle::path:
      return false;
    case S3AddressingStyle::automatic:
      return options.endpoint.empty() && options.bucket.find('.') == std::string::npos &&
             is_host_bucket(options.bucket);
    case S3AddressingStyle::host:
      break;
  }
  if (endpoint.host().starts_with('[') || looks_like_ipv4(endpoint.host())) {
    throw std::invalid_argument(
        fmt::format("s3 store: addressing_style host needs an endpoint with a host name, got: {}",
                    quoted(endpoint.host())));
  }
  return true;
}

void check_bucket(const std::string& bucket, bool is_host_style) {
  if (bucket.empty()) throw std::invalid_argument("s3 store: bucket is empty");
  if (is_host_style ? is_host_bucket(bucket) : is_path_bucket(bucket)) return;
  throw std::invalid_argument(fmt::format(
      "s3 store: bucket must be {}, got: {}",
      is_host_style ? "3 to 63 lower-case letters, digits, '-' and '.', as a host name has them"
                    : "1 to 255 letters, digits, '-', '_' and '.'",
      quoted(bucket)));
}

void check_prefix(std::string_view prefix) {
  if (prefix.size() > prefix_bytes_max) {
    throw std::invalid_argument(
        fmt::format("s3 store: key_prefix must have at most {} bytes, got: {}", prefix_bytes_max,
                    prefix.size()));
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (!is_utf8(prefix) || std::any_of(prefix.begin(), prefix.end(), is_control)) {
    throw std::invalid_argument(fmt::format(
        "s3 store: key_prefix must be UTF-8 without control characters, got: {}", quoted(prefix)));
  }
  // What stands behind the last slash goes on with a key, which does not begin with a dot.
  for (std::string_view rest = prefix; rest.find('/') != std::string_view::npos;) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") {
      throw std::invalid_argument(fmt::format(
          "s3 store: key_prefix must have no segment . or .., got: {}", quoted(prefix)));
    }
    rest.remove_prefix(segment.size() + 1);
  }
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || c == '/') {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
}

}  // namespace

S3Address::S3Address(const S3StoreOptions& options) {
  const Url url =
      parse_endpoint(options.endpoint.empty() ? amazon_endpoint(options.region) : options.endpoint);
  const bool in_host = is_host_style(options, url);
  check_bucket(options.bucket, in_host);
  check_prefix(options.key_prefix);

  const bool is_usual_port = url.port() == (url.is_https() ? 443 : 80);
  const std::string authority =
      is_usual_port ? std::string(url.host()) : fmt::format("{}:{}", url.host(), url.port());
  endpoint_ = fmt::format("{}://{}", url.scheme(), authority);
  prefix_url_ = in_host ? fmt::format("{}://{}.{}/", url.scheme(), options.bucket, authority)
                        : fmt::format("{}/{}/", endpoint_, options.bucket);
  append_encoded(prefix_url_, options.key_prefix);
}

std::string S3Address::url_of(std::string_view key) const {
  std::string url = prefix_url_;
  append_encoded(url, key);
  return url;
}

}  // namespace async_http_pool
