#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// Whether `text` is a media type such as "text/html; charset=utf-8": two tokens, and perhaps
/// parameters, which are not looked at (RFC 9110, section 8.3.1).
[[nodiscard]] bool is_media_type(std::string_view text) noexcept;

/// Whether a `content-type` means text for our JSON: text/*, application/json, /xml, /javascript,
/// and anything that ends in +json or +xml. Case-insensitive.
[[nodiscard]] bool is_text_type(std::string_view content_type) noexcept;

/// application/json, text/json, or a type that ends in +json. Case-insensitive, parameters ignored.
[[nodiscard]] bool is_json_type(std::string_view content_type) noexcept;

/// text/event-stream. Likewise.
[[nodiscard]] bool is_event_stream_type(std::string_view content_type) noexcept;

/// The `charset` parameter in lower case, quotes removed (RFC 9110, section 8.3.2).
[[nodiscard]] std::optional<std::string> charset_of(std::string_view content_type);

}  // namespace async_http_pool
