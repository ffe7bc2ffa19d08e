#pragma once

#include <string>
#include <string_view>

#include <async_http_pool/exceptions.hpp>

namespace async_http_pool {

/// What an `errno` of a file means to who stores payloads.
[[nodiscard]] PayloadStoreErrorCode file_error_code(int error) noexcept;

/// Throws the `PayloadStoreError` for `error`: `cannot write "/var/payloads/k.json": No space left
/// on device`. `what` is a verb.
[[noreturn]] void throw_file_failure(std::string_view what, const std::string& path, int error);

}  // namespace async_http_pool
