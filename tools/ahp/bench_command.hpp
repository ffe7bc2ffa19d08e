#pragma once

#include "exit_status.hpp"

#include <span>

namespace ahp_tool {

/// `ahp bench`: what a request costs. Throws `UsageError`. Does not return when requests are held
/// open: the process ends without waiting for them.
[[nodiscard]] ExitStatus bench_command(std::span<const char* const> words);

}  // namespace ahp_tool
