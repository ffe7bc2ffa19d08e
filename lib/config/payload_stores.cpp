#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/configuration.hpp>
#include "base/printable.hpp"
#include "config/built_in_adapters.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t name_bytes_max = 1024;

/// Names go into references, and from there into messages and other programs.
void check_name(std::string_view what, std::string_view name) {
  if (name.empty()) throw std::invalid_argument(fmt::format("{} is empty", what));
  if (name.size() > name_bytes_max) {
    throw std::invalid_argument(
        fmt::format("{} is longer than {} bytes, got: {}", what, name_bytes_max, name.size()));
  }
  if (printable(name) != name) {
    throw std::invalid_argument(
        fmt::format("{} must be UTF-8 without control characters, got: {}", what, quoted(name)));
  }
}

}  // namespace

Configuration& Configuration::register_payload_store(std::string_view name,
                                                     std::shared_ptr<PayloadStore> store) {
  check_name("payload store name", name);
  if (store == nullptr) {
    throw std::invalid_argument(fmt::format("payload store {} is null", quoted(name)));
  }
  // Added before the old one goes: nothing has changed if there is no memory for it. From here on
  // `name` may be gone, as it may have come from `default_payload_store_name`.
  payload_stores_.push_back({std::string(name), std::move(store)});
  const auto added = std::prev(payload_stores_.end());
  const auto old = std::find_if(payload_stores_.begin(), added,
                                [&](const auto& entry) { return entry.name == added->name; });
  if (old != added) payload_stores_.erase(old);
  return *this;
}

Configuration& Configuration::register_payload_store_adapter(std::string_view adapter,
                                                             PayloadStoreFactory factory) {
  check_name("payload store adapter", adapter);
  if (factory == nullptr) {
    throw std::invalid_argument(
        fmt::format("factory of payload store adapter {} is empty", quoted(adapter)));
  }
  const bool is_taken =
      std::ranges::find(built_in_adapters, adapter) != built_in_adapters.end() ||
      std::ranges::find(payload_store_factories_, adapter, &NamedPayloadStoreFactory::adapter) !=
          payload_store_factories_.end();
  if (is_taken) {
    throw std::invalid_argument(
        fmt::format("payload store adapter {} is there already", quoted(adapter)));
  }
  payload_store_factories_.push_back({std::string(adapter), std::move(factory)});
  return *this;
}

std::shared_ptr<PayloadStore> Configuration::payload_store(std::string_view name) const noexcept {
  const auto found = std::ranges::find(payload_stores_, name, &NamedPayloadStore::name);
  return found == payload_stores_.end() ? nullptr : found->store;
}

std::string_view Configuration::default_payload_store_name() const noexcept {
  return payload_stores_.empty() ? std::string_view() : payload_stores_.back().name;
}

std::vector<std::string> Configuration::payload_store_names() const {
  std::vector<std::string> names;
  names.reserve(payload_stores_.size());
  for (const NamedPayloadStore& entry : payload_stores_) names.push_back(entry.name);
  return names;
}

Configuration& Configuration::set_payload_store_threshold(std::size_t value) {
  if (value == 0) {
    throw std::invalid_argument("payload_store_threshold must be a positive number, got: 0");
  }
  payload_store_threshold_ = value;
  return *this;
}

}  // namespace async_http_pool
