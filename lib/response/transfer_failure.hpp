#pragma once

#include <async_http_pool/error.hpp>

#include <exception>
#include <string>

namespace async_http_pool {

/// Why a transfer failed, in the words of the public API.
struct TransferFailure {
  ErrorType type = ErrorType::unknown;
  ErrorCode code = ErrorCode::internal;
  std::string message;
  /// Surely no server has seen the request: sending it again is harmless, whatever its method.
  bool never_sent = false;
  /// The connection had been used before, and the server seems to have closed it while it was idle.
  bool is_stale_connection = false;
  /// A proxy answered, and said no: it will say so again.
  bool is_refusal = false;
  /// What the application's own code threw, if that was the reason: see `Error::cause`.
  std::exception_ptr cause = {};
};

/// Throws `std::bad_alloc`.
[[nodiscard]] inline TransferFailure cancellation() {
  return {.code = ErrorCode::cancelled, .message = "request was cancelled"};
}
/// Of one request alone, which is no reason to end the agent.
[[nodiscard]] inline TransferFailure lack_of_memory() noexcept {
  return {.code = ErrorCode::out_of_resources, .message = "out of memory"};
}

}  // namespace async_http_pool
