#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// Whether `text` is a token (RFC 9110, section 5.6.2).
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// Whether `method` is one of the standard ones, in upper case: `normalize_method` changes none.
[[nodiscard]] bool is_standard_method(std::string_view method) noexcept;

/// `method` as it is sent: the standard ones in upper case, others as they are. Throws
/// `std::invalid_argument` for anything but a token, and for CONNECT and TRACE.
[[nodiscard]] std::string normalize_method(std::string_view method);

/// GET, HEAD, OPTIONS, PUT, DELETE (RFC 9110, section 9.2.2).
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

/// Whether a request of this method may have a body here: all but GET and HEAD.
[[nodiscard]] bool allows_body(std::string_view method) noexcept;

}  // namespace async_http_pool
