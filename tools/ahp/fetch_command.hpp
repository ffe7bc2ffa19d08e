#pragma once

#include "exit_status.hpp"

#include <span>

namespace ahp_tool {

/// `ahp fetch`: puts stored results back into the output of `ahp run`. Throws `UsageError`, and
/// `std::system_error` when the output cannot be written.
[[nodiscard]] ExitStatus fetch_command(std::span<const char* const> words);

}  // namespace ahp_tool
