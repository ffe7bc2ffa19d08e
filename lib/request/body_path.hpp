#pragma once

#include <string_view>

namespace async_http_pool {

/// Throws `std::invalid_argument` for what no file to be sent can be called: the name has to get
/// through open(2) and through JSON.
void check_body_path(std::string_view path);

}  // namespace async_http_pool
