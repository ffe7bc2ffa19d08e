#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// The Ruby original converts text of other charsets to UTF-8 when it writes a response, calls it
/// "UTF-8", and leaves the content type as it was. To give back what the server sent a reader has
/// to undo that, so a writer must not say "UTF-8" where a reader would.

/// Whether `text`, of a body written as "UTF-8" under `content_type`, is taken for converted.
[[nodiscard]] bool is_transcoded(std::string_view text, std::string_view content_type) noexcept;

/// `text` in the charset of `content_type` if it is taken for converted and iconv can do it, else
/// `text` itself.
[[nodiscard]] std::string undo_transcoding(std::string text, std::string_view content_type);

}  // namespace async_http_pool
