#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace async_http_pool {

/// An absolute http or https URL (RFC 3986), parsed and checked. An immutable value.
class Url {
 public:
  /// Throws `std::invalid_argument` naming the (redacted) URL and the reason: not http(s), no host,
  /// a bad port (0, above 65535, not digits), user information, a space, control or non-ASCII
  /// character, a broken percent escape in the host, more than 64 KiB.
  static Url parse(std::string_view text);
  /// What `parse` takes.
  static constexpr std::size_t bytes_max = std::size_t{64} << 10U;

  /// `reference` resolved against this URL (RFC 3986, section 5.2), as a server gives it in
  /// `location`: blanks around it are dropped, bytes that no URL may contain are percent-encoded
  /// (UTF-8 included), a reference without fragment inherits this one's (RFC 9110, section 10.2.2).
  /// Throws like `parse`.
  [[nodiscard]] Url resolve(std::string_view reference) const;

  /// The whole URL as given (scheme and host in lower case).
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// "http" or "https"
  [[nodiscard]] std::string_view scheme() const noexcept;
  [[nodiscard]] bool is_https() const noexcept { return scheme().size() == 5; }
  /// In lower case; an IPv6 address keeps its brackets.
  [[nodiscard]] std::string_view host() const noexcept;
  /// The port given or the scheme's default.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Path and query, at least "/".
  [[nodiscard]] std::string_view target() const noexcept;
  /// "https://example.com:443": what two URLs share when they are of one origin (RFC 6454).
  [[nodiscard]] std::string origin() const;

  friend bool operator==(const Url&, const Url&) = default;

 private:
  Url() = default;
  std::string text_;
  std::string target_;
  std::size_t host_begin_ = 0;
  std::size_t host_length_ = 0;
  std::uint16_t port_ = 0;
};

/// The origin of a URL that was parsed before, without a full parse: for look-ups on the hot path.
[[nodiscard]] std::string origin_of(std::string_view checked_url);

/// `url` fit for logs and messages: without user information, and with the values of query keys
/// that usually carry secrets (token, key, signature...) replaced by "***". Takes any text.
[[nodiscard]] std::string redact_url(std::string_view url);

}  // namespace async_http_pool
