#include <async_http_pool/external_storage.hpp>

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/payload_store.hpp>
#include "base/agent_thread.hpp"
#include "base/printable.hpp"
#include "base/uuid.hpp"
#include "stores/storage_reference.hpp"

namespace async_http_pool {

struct ExternalStorage::State {
  struct NamedStore {
    std::string name;
    std::shared_ptr<PayloadStore> store;
  };

  std::vector<NamedStore> stores;  ///< the last one takes new payloads
  std::size_t threshold = 0;

  /// Null when there is none.
  [[nodiscard]] PayloadStore* find(std::string_view name) const noexcept {
    for (const NamedStore& entry : stores) {
      if (entry.name == name) return entry.store.get();
    }
    return nullptr;
  }
};

namespace {

/// A key that no reference can hold would be a payload that nobody finds again.
void check_stored_key(std::string_view store_name, PayloadStore& store, std::string_view key) {
  if (is_stored_key(key)) return;
  try {
    store.remove(key);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): what is thrown below says more
  }
  throw PayloadStoreError(
      PayloadStoreErrorCode::internal,
      fmt::format("payload store {} returned a key that is not UTF-8 of 1 to {} bytes: {}",
                  quoted(store_name), stored_key_bytes_max, quoted(key)));
}

}  // namespace

ExternalStorage::ExternalStorage(const Configuration& configuration) {
  auto state = std::make_shared<State>();
  for (std::string& name : configuration.payload_store_names()) {
    std::shared_ptr<PayloadStore> store = configuration.payload_store(name);
    state->stores.push_back({std::move(name), std::move(store)});
  }
  state->threshold = configuration.payload_store_threshold();
  state_ = std::move(state);
}

bool ExternalStorage::is_enabled() const noexcept { return !state_->stores.empty(); }

bool ExternalStorage::is_storage_ref(std::string_view json) { return has_reference_member(json); }

std::string ExternalStorage::store(std::string json) const {
  return store(std::move(json), state_->threshold);
}

std::string ExternalStorage::store(std::string json, std::size_t threshold) const {
  refuse_on_agent_thread("ExternalStorage::store");
  if (state_->stores.empty() || json.size() <= threshold) return json;
  const State::NamedStore& last = state_->stores.back();
  std::string key = last.store->store(make_uuid(), json);
  check_stored_key(last.name, *last.store, key);
  return write_reference({last.name, std::move(key)});
}

std::string ExternalStorage::fetch(std::string_view reference) const {
  refuse_on_agent_thread("ExternalStorage::fetch");
  const std::optional<StorageReference> target = read_reference(reference);
  if (!target.has_value()) throw std::invalid_argument("not a storage reference");
  PayloadStore* const store = state_->find(target->store);
  if (store == nullptr) {
    throw PayloadStoreNotFoundError(
        state_->stores.empty()
            ? "no payload store is registered"
            : fmt::format("payload store {} is not registered", quoted(target->store)));
  }
  std::optional<std::string> payload = store->fetch(target->key);
  if (!payload.has_value()) {
    throw PayloadNotFoundError(fmt::format("payload {} is not in payload store {}",
                                           quoted(target->key), quoted(target->store)));
  }
  return *std::move(payload);
}

void ExternalStorage::remove(std::string_view reference) const {
  refuse_on_agent_thread("ExternalStorage::remove");
  const std::optional<StorageReference> target = read_reference(reference);
  if (!target.has_value()) return;
  PayloadStore* const store = state_->find(target->store);
  if (store != nullptr) store->remove(target->key);
}

}  // namespace async_http_pool
