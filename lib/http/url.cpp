#include "http/url.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "base/printable.hpp"
#include "http/ascii.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

[[noreturn]] void refuse(std::string_view rule, std::string_view url) {
  throw std::invalid_argument(
      std::string("url must ").append(rule).append(", got: ").append(quoted(redact_url(url))));
}

std::uint16_t default_port(std::string_view scheme) noexcept {
  return scheme.size() == 5 ? 443 : 80;
}

}  // namespace

Url Url::parse(std::string_view text) {
  if (text.size() > bytes_max) {
    throw std::invalid_argument("url must have at most " + std::to_string(bytes_max) +
                                " bytes, got: " + std::to_string(text.size()) + " bytes");
  }
  // Brackets outside of the host are against the RFC too, but in use: `?id[]=1`.
  if (!std::ranges::all_of(text, is_url_character)) {
    refuse("be free of spaces and of characters that RFC 3986 does not allow", text);
  }
  const UrlParts parts = split_url(text);
  const std::string scheme = to_lower(parts.scheme.value_or(std::string_view()));
  if (scheme != "http" && scheme != "https") {
    refuse("be an absolute http or https URL", text);
  }
  const std::string_view authority = parts.authority.value_or(std::string_view());
  if (authority.find('@') != std::string_view::npos) {
    refuse("have no user information", text);
  }
  const auto [host, port] = split_authority(authority);
  if (!is_host(host)) {
    refuse("have a valid host", text);
  }
  const auto number = port.empty() ? default_port(scheme) : port_number(port);
  if (!number) {
    refuse("have a port from 1 to 65535", text);
  }

  Url url;
  url.host_begin_ = scheme.size() + 3;
  url.host_length_ = host.size();
  url.port_ = *number;
  url.text_.reserve(text.size());
  url.text_.append(scheme).append("://").append(lower_host(host));
  url.text_.append(text.substr(url.text_.size()));
  url.target_ = parts.path.empty() ? "/" : parts.path;
  if (parts.query) {
    url.target_.append("?").append(*parts.query);
  }
  return url;
}

std::string_view Url::scheme() const noexcept {
  return std::string_view(text_).substr(0, host_begin_ - 3);
}

std::string_view Url::host() const noexcept {
  return std::string_view(text_).substr(host_begin_, host_length_);
}

std::string_view Url::target() const noexcept { return target_; }

std::string Url::origin() const { return origin_of(text_); }

std::string origin_of(std::string_view checked_url) {
  constexpr std::string_view delimiter = "://";
  const std::size_t scheme_end = std::min(checked_url.find(delimiter), checked_url.size());
  const std::string_view scheme = checked_url.substr(0, scheme_end);
  std::string_view authority =
      checked_url.substr(std::min(scheme_end + delimiter.size(), checked_url.size()));
  const auto is_behind = [](char c) { return c == '/' || c == '?' || c == '#'; };
  authority = {authority.begin(), std::ranges::find_if(authority, is_behind)};
  const auto [host, port] = split_authority(authority);

  std::string origin;
  origin.reserve(scheme_end + delimiter.size() + host.size() + std::size(":65535"));
  origin.append(scheme).append(delimiter);
  std::ranges::transform(origin, origin.begin(), [](char c) { return to_lower(c); });
  origin.append(lower_host(host)).append(":");
  // Through the number, so that 0443 is 443.
  origin.append(std::to_string(port_number(port).value_or(default_port(scheme))));
  return origin;
}

}  // namespace async_http_pool
