#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/open_file.hpp"

namespace async_http_pool {

/// The name of a file that the payload of `key` is written to before it gets its own: unlike all
/// others, and no payload's.
[[nodiscard]] std::string unfinished_file_name(std::string_view key);
[[nodiscard]] bool is_unfinished_file_name(std::string_view name);

/// Removes the unfinished files of `directory` that nobody has written to for `age`: their writers
/// died. What cannot be removed stays, for it disturbs nobody.
void remove_leftovers(const OpenFile& directory, std::chrono::milliseconds age);

}  // namespace async_http_pool
