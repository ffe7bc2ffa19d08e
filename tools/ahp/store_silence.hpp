#pragma once

#include <exception>
#include <string>

namespace ahp_tool {

/// Whether a store threw this because it did not answer, as opposed to one that refused.
[[nodiscard]] bool is_unanswered(const std::exception& error) noexcept;

/// "timeout", "full"...; "other" for what is not of a store.
[[nodiscard]] std::string kind_of(const std::exception& error);

}  // namespace ahp_tool
