#pragma once

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/export.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace async_http_pool {

/// Keeps job queues small: puts documents beyond a threshold into a payload store and gives a
/// reference to hand on instead, `{"$ref":{"store":"files","key":"7f9c2ba4-..."}}`.
///
/// A value that shares the stores of the configuration it was made from; copies are cheap. All
/// members may be called on any thread but an agent's, that is not from inside a callback: stores
/// wait for disks and networks. There, `store`, `fetch` and `remove` throw `std::logic_error`; hand
/// the response to a thread of your own first, copies are cheap.
class AHP_EXPORT ExternalStorage {
 public:
  /// Takes over the stores and the `payload_store_threshold` of `configuration`.
  explicit ExternalStorage(const Configuration& configuration);

  /// Whether a store is registered.
  [[nodiscard]] bool is_enabled() const noexcept;
  /// Whether `json` is a reference: an object with a member "$ref". Any-thread, also an agent's.
  /// Throws `std::bad_alloc` only: what looks like one has to be read.
  [[nodiscard]] static bool is_storage_ref(std::string_view json);

  /// A reference to `json`, stored under a random key in the store that was registered last; or
  /// `json` itself, when it has no more bytes than the threshold or no store is registered. Throws
  /// what the store throws: then nobody has the reference, but the payload may be left behind in
  /// the store, as after a time-out. Stores whose payloads expire get rid of it by themselves.
  [[nodiscard]] std::string store(std::string json) const;
  /// The same with a threshold of its own, in bytes.
  [[nodiscard]] std::string store(std::string json, std::size_t threshold) const;

  /// The document that `reference` stands for. Throws `std::invalid_argument` when it is no
  /// reference, `PayloadStoreNotFoundError` when its store is not registered,
  /// `PayloadNotFoundError` when the store has no such payload, and what the store throws.
  [[nodiscard]] std::string fetch(std::string_view reference) const;

  /// Removes what `reference` stands for. Does nothing when that is gone already, when `reference`
  /// is none, or when its store is not registered: there is nothing left to remove then. Throws
  /// what the store throws.
  void remove(std::string_view reference) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace async_http_pool
