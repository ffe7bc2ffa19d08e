#pragma once

#include <stdexcept>
#include <string>

namespace async_http_pool {

/// The message of the `std::invalid_argument` that `action` throws; other exceptions pass.
template <typename Action>
[[nodiscard]] std::string refusal_of(Action action) {
  try {
    static_cast<void>(action());
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "(nothing was refused)";
}

}  // namespace async_http_pool
