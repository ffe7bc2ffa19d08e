#pragma once

#include "support/outcome.hpp"

#include <async_http_pool/error.hpp>

#include <string>

namespace async_http_pool::test {

/// The `Error` that `action` throws, as an outcome to look into. Throws `std::logic_error` when
/// there is none.
template <typename Action>
[[nodiscard]] Outcome outcome_of(Action&& action) {
  try {
    static_cast<void>(action());
  } catch (const Error& error) {
    return {std::shared_ptr<const Error>(error.clone()), ""};
  }
  throw std::logic_error("expected an error, got none");
}

/// "unknown cancelled", say: see `Outcome::summary`.
template <typename Action>
[[nodiscard]] std::string failure_of(Action&& action) {
  return outcome_of(action).summary();
}

}  // namespace async_http_pool::test
