#pragma once

#include <async_http_pool/error.hpp>

#include <string>

namespace async_http_pool {

/// Why a transfer failed, in the words of the public API.
struct TransferFailure {
  ErrorType type = ErrorType::unknown;
  ErrorCode code = ErrorCode::internal;
  std::string message;
  /// Surely no server has seen the request: sending it again is harmless, whatever its method.
  bool never_sent = false;
};

}  // namespace async_http_pool
