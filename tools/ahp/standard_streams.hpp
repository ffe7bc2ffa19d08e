#pragma once

#include <string_view>

namespace ahp_tool {

/// Takes the numbers of standard streams that are closed, so that no file or socket of ours gets
/// them and with them what is meant for the stream. Reading or writing those fails as before.
void occupy_standard_streams() noexcept;

/// Writes `text` to stdout, and all of it: throws `std::system_error` when that fails.
void print_result(std::string_view text);

/// Writes `message` to stderr, as one line that says whose it is. When that fails there is nobody
/// to tell.
void complain(std::string_view message) noexcept;

}  // namespace ahp_tool
