#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <async_http_pool/headers.hpp>

namespace async_http_pool {

/// What servers take of a `cookie` field: Apache's LimitRequestFieldSize, which counts its name and
/// the ": " too; with a line end no more than nginx's buffer of 8 KiB.
inline constexpr std::size_t cookie_field_bytes_max =
    8190 - std::string_view("cookie: ").size();  ///< of the value

/// The value of the one `cookie` field of a request (RFC 6265, section 5.4): its own fields in
/// `headers`, then the cookies `of_jar` that still fit. An own cookie gives way to those of the jar
/// that have its name: what a server has set meanwhile is newer.
[[nodiscard]] std::string cookie_field(const Headers& headers, std::string_view of_jar);

}  // namespace async_http_pool
