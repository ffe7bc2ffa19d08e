#pragma once

#include <async_http_pool/export.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// A place for payloads that are too large for a job queue: subclass it for your own. See
/// `ExternalStorage` for its use and `check_payload_store` for the tests that every store has to
/// pass.
///
/// All members may be called on any thread, by several at once, and return in bounded time. The
/// library never calls them on an agent thread. They throw `PayloadStoreError` when the store
/// fails, `std::invalid_argument` when a key is none.
///
/// Keys have 1 to 200 bytes of letters, digits, `-`, `_` and `.`, and do not begin with a dot;
/// those that the library makes are random UUIDs (RFC 9562, version 4). A payload is any bytes; the
/// library stores JSON.
class AHP_EXPORT PayloadStore {
 public:
  virtual ~PayloadStore();
  PayloadStore(const PayloadStore&) = delete;
  PayloadStore& operator=(const PayloadStore&) = delete;

  /// Stores `payload`, replacing what is there under `key`, and returns the key to fetch it by: as
  /// a rule the same. On return the payload is there for every reader; when it throws, readers see
  /// the old one, the new one or none, never a part: after a time-out nobody knows which.
  virtual std::string store(std::string_view key, std::string_view payload) = 0;
  /// The payload; none when there is no such key (any more).
  virtual std::optional<std::string> fetch(std::string_view key) = 0;
  /// Removes the payload, if there is one.
  virtual void remove(std::string_view key) = 0;

 protected:
  PayloadStore() = default;
  /// Throws `std::invalid_argument` unless `key` is one by the rule above: for the first line of
  /// every member of a subclass.
  static void check_key(std::string_view key);
};

}  // namespace async_http_pool
