#pragma once

#include <async_http_pool/export.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace async_http_pool {

/// Thrown by `Processor::enqueue` when the processor is in any other state than running.
class AHP_EXPORT NotRunningError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by `Processor::enqueue` when `max_connections` tasks are queued or in flight.
class AHP_EXPORT MaxCapacityError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by every `from_json` when its input is not what it should be.
class AHP_EXPORT ParseError : public std::runtime_error {
 public:
  /// `offset`: the byte of the input at which reading stopped.
  ParseError(const std::string& message, std::size_t offset)
      : std::runtime_error(message), offset_(offset) {}
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

 private:
  std::size_t offset_;
};

}  // namespace async_http_pool
