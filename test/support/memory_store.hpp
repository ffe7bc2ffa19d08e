#pragma once

#include <async_http_pool/payload_store.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// Payloads in memory. Those made with one place share it. Any thread.
class MemoryStore : public PayloadStore {
 public:
  struct Place {
    std::mutex mutex;
    std::map<std::string, std::string, std::less<>> payloads;  // guarded by mutex
  };

  explicit MemoryStore(std::shared_ptr<Place> place = std::make_shared<Place>())
      : place_(std::move(place)) {}

  std::string store(std::string_view key, std::string_view payload) override {
    check_key(key);
    const std::lock_guard lock(place_->mutex);
    place_->payloads.insert_or_assign(std::string(key), std::string(payload));
    return std::string(key);
  }
  std::optional<std::string> fetch(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(place_->mutex);
    const auto found = place_->payloads.find(key);
    if (found == place_->payloads.end()) return std::nullopt;
    return found->second;
  }
  void remove(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(place_->mutex);
    place_->payloads.erase(std::string(key));
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(place_->mutex);
    return place_->payloads.size();
  }
  [[nodiscard]] Place& place() const noexcept { return *place_; }

 private:
  const std::shared_ptr<Place> place_;
};

}  // namespace async_http_pool::test
