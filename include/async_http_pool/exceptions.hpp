#pragma once

#include <async_http_pool/export.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

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

/// Thrown by every `from_json` when its input is not what it should be. The message names the
/// member that is wrong (`response.body.value`) when the input is JSON.
class AHP_EXPORT ParseError : public std::runtime_error {
 public:
  /// `offset`: the byte of the input at which reading stopped; its length when the input is JSON
  /// but not what it should be.
  ParseError(const std::string& message, std::size_t offset)
      : std::runtime_error(message), offset_(offset) {}
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

 private:
  std::size_t offset_;
};

/// Why a payload store could not do what it was asked.
enum class PayloadStoreErrorCode {
  unavailable,        ///< no connection, or it broke; worth another try later
  timeout,            ///< no answer in time; it may have been done all the same
  overloaded,         ///< the store asks to come back later (still loading, slow down)
  full,               ///< no space, no memory, a quota is used up
  read_only,          ///< the store takes no writes (a replica, a read-only file system)
  unauthorized,       ///< credentials are missing or wrong, or do not allow this
  misconfigured,      ///< what the options name is not there: a bucket, a region, a directory
  payload_too_large,  ///< beyond the store's limit
  corrupt,            ///< what came back is not what was stored
  internal            ///< everything else
};

/// As in messages: "unavailable", "timeout"...
[[nodiscard]] AHP_EXPORT std::string_view to_string(PayloadStoreErrorCode code) noexcept;

/// Thrown by payload stores when they fail. The message says what was tried, on which store, and
/// what it answered; never a credential.
class AHP_EXPORT PayloadStoreError : public std::runtime_error {
 public:
  PayloadStoreError(PayloadStoreErrorCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] PayloadStoreErrorCode code() const noexcept { return code_; }

 private:
  PayloadStoreErrorCode code_;
};

/// Thrown by `ExternalStorage` when a reference names a store that is not registered, or none is.
class AHP_EXPORT PayloadStoreNotFoundError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by `ExternalStorage::fetch` when the store has no such payload (any more).
class AHP_EXPORT PayloadNotFoundError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace async_http_pool
