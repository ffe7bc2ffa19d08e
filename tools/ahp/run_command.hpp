#pragma once

#include "exit_status.hpp"

#include <span>

namespace ahp_tool {

/// `ahp run`: the requests of a file through a processor, their outcomes to the output. Throws
/// `UsageError`.
[[nodiscard]] ExitStatus run_command(std::span<const char* const> words);

}  // namespace ahp_tool
