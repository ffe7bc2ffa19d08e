#pragma once

#include <async_http_pool/error.hpp>

#include <stdexcept>
#include <string>

namespace async_http_pool {

/// An option that passed its rule but cannot be followed, here and now: a request that has it ends
/// with an error.
class UnusableOption final : public std::runtime_error {
 public:
  UnusableOption(ErrorType type, ErrorCode code, const std::string& message)
      : std::runtime_error(message), type_(type), code_(code) {}

  [[nodiscard]] ErrorType type() const noexcept { return type_; }
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorType type_;
  ErrorCode code_;
};

}  // namespace async_http_pool
