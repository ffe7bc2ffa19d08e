#pragma once

#include <async_http_pool/exceptions.hpp>

#include <optional>
#include <string>

namespace async_http_pool::test {

/// How a payload store failed in `action`: "unavailable: <message>"; empty when it did not.
template <typename Action>
[[nodiscard]] std::string failure_of(Action action) {
  try {
    action();
    return {};
  } catch (const PayloadStoreError& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
}

/// How a payload store failed; no code when it did not.
struct StoreFailure {
  std::optional<PayloadStoreErrorCode> code;
  std::string message = "(it did not fail)";
};

/// The `PayloadStoreError` that `action` throws; other exceptions pass.
template <typename Action>
[[nodiscard]] StoreFailure store_failure_of(Action action) {
  try {
    action();
  } catch (const PayloadStoreError& error) {
    return {.code = error.code(), .message = error.what()};
  }
  return {};
}

}  // namespace async_http_pool::test
