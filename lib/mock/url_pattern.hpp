#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// Whether the whole of `text` is as `pattern` says, in which * stands for any characters but a
/// slash, and ** for any at all.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text);

/// A URL with stars, see `MockTransport::on`. An immutable value.
class UrlPattern {
 public:
  /// Throws `std::invalid_argument` for what no URL can match.
  explicit UrlPattern(std::string_view text);

  /// `url` is that of a `Request`. Fragments have no say.
  [[nodiscard]] bool matches(std::string_view url) const;
  /// As it was given.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  std::string glob_;
  bool has_query_;
};

}  // namespace async_http_pool
