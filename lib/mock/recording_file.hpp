#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// The content of a file of a test; none when there is no such file. Throws `std::system_error`.
[[nodiscard]] std::optional<std::string> read_recording_file(const std::string& path);

/// Puts a file in the place of the one at `path`, if there is one: whoever reads it sees the old
/// one or the new one, and whole. Throws `std::system_error`.
void replace_recording_file(const std::string& path, std::string_view content);

}  // namespace async_http_pool
