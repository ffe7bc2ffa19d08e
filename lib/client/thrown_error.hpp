#pragma once

#include <async_http_pool/error.hpp>

namespace async_http_pool {

/// Throws a copy of `error` as what it is, not as an `Error`.
[[noreturn]] void throw_error(const Error& error);

}  // namespace async_http_pool
