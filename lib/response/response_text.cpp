#include <async_http_pool/response.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/charset.hpp"
#include "http/media_type.hpp"

namespace async_http_pool {
namespace {

/// What a body without a declared charset is: two marks cannot begin UTF-8 and give UTF-16 away.
std::string_view guessed_charset(std::string_view body) noexcept {
  const bool is_utf16 = body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF");
  return is_utf16 ? "utf-16" : "utf-8";
}

}  // namespace

std::string Response::text() const {
  const std::optional<std::string> declared = charset_of(content_type());
  return to_utf8(body(), declared.has_value() ? *declared : guessed_charset(body()));
}

}  // namespace async_http_pool
