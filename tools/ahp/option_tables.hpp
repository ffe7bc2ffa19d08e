#pragma once

#include "option.hpp"

namespace ahp_tool {

/// The options of `ahp run`, which are also those of its configuration file.
[[nodiscard]] OptionTable run_options() noexcept;
/// The options of `ahp fetch`.
[[nodiscard]] OptionTable fetch_options() noexcept;
/// The options of `ahp bench`.
[[nodiscard]] OptionTable bench_options() noexcept;

}  // namespace ahp_tool
