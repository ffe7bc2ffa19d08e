#pragma once

#include <string_view>

namespace async_http_pool {

/// Whether the header called `name`, in lower case, is the library's to set: what describes the
/// message or the connection (RFC 9110, sections 7.2, 7.6.1, 7.8, 8.6 and 10.1.1). A second opinion
/// from the application would be a request smuggled past the library.
[[nodiscard]] bool is_reserved_header(std::string_view name) noexcept;

}  // namespace async_http_pool
