#include <stdexcept>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "config/no_proxy.hpp"
#include "config/option_rules.hpp"
#include "config/proxy_choice.hpp"
#include "http/url.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

/// RFC 3986, section 3.2.1, without control characters: libcurl takes no such credentials, and then
/// goes without the proxy.
bool is_user_information(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_unreserved(text[i]) || is_sub_delimiter(text[i]) || text[i] == ':') {
      continue;
    }
    const auto byte = percent_escape(text.substr(i));
    if (!byte || *byte < 0x20 || *byte == 0x7F) {
      return false;
    }
    i += 2;
  }
  return true;
}

/// Whether `text` is the URL of a proxy: an origin, perhaps with user information.
bool is_proxy_url(std::string_view text) {
  const UrlParts parts = split_url(text);
  if (!parts.scheme || !parts.authority || parts.query || parts.fragment) {
    return false;
  }
  const std::size_t at = parts.authority->rfind('@');
  const std::size_t host = at == std::string_view::npos ? 0 : at + 1;
  if (host > 0 && !is_user_information(parts.authority->substr(0, at))) {
    return false;
  }
  if (proxy_of_scheme(*parts.scheme) == ProxyKind::none) return false;
  try {
    // As http: the rest of it has the same form in all of them.
    const std::string bare = fmt::format("http://{}{}", parts.authority->substr(host), parts.path);
    return Url::parse(bare).target() == "/";
  } catch (const std::invalid_argument&) {
    return false;
  }
}

/// What may be shown of a text that is no URL of a proxy: nothing that stands before an @ in it.
std::string without_credentials(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return redact_url(at == std::string_view::npos ? text : text.substr(at + 1));
}

}  // namespace

void check_proxy_url(std::string_view option, std::string_view value) {
  check_text(option, value);
  if (!value.empty() && !is_proxy_url(value)) {
    throw std::invalid_argument(
        fmt::format("{} must be an HTTP, HTTPS or SOCKS URL without a path, got: {}", option,
                    quoted(without_credentials(value))));
  }
}

void check_no_proxy(std::string_view option, const TextList& value) {
  constexpr std::size_t count_max = 1000;
  if (value.size() > count_max) {
    throw std::invalid_argument(
        fmt::format("{} must be at most {} hosts, got: {}", option, count_max, value.size()));
  }
  for (const std::string& entry : value) {
    check_text(option, entry);
    if (!is_no_proxy_entry(entry)) {
      throw std::invalid_argument(
          fmt::format("{} must be hosts and networks, got: {}", option, quoted(entry)));
    }
  }
}

}  // namespace async_http_pool
