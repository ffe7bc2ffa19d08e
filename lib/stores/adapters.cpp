#include "stores/adapters.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <async_http_pool/configuration.hpp>
#include "base/printable.hpp"
#include "config/built_in_adapters.hpp"

namespace async_http_pool {
namespace {

struct Adapter {
  std::string_view name;
  std::shared_ptr<PayloadStore> (*make)(const Value& options);
};

constexpr Adapter built_in[] = {{file_adapter, make_file_store},
                                {redis_adapter, make_redis_store},
                                {s3_adapter, make_s3_store}};
static_assert(std::ranges::equal(built_in, built_in_adapters, {}, &Adapter::name));

}  // namespace

// Here and not with the other members: those that make stores lie above `config`.
Configuration& Configuration::register_payload_store(std::string_view name,
                                                     std::string_view adapter,
                                                     const Value& options) {
  const auto own =
      std::ranges::find(payload_store_factories_, adapter, &NamedPayloadStoreFactory::adapter);
  if (own != payload_store_factories_.end()) {
    const PayloadStoreFactory make = own->factory;  // a copy: it may add adapters itself
    return register_payload_store(name, make(options));
  }
  const auto* const found = std::ranges::find(built_in, adapter, &Adapter::name);
  if (found != std::end(built_in)) return register_payload_store(name, found->make(options));

  std::vector<std::string> available;
  for (const Adapter& entry : built_in) available.emplace_back(entry.name);
  for (const NamedPayloadStoreFactory& entry : payload_store_factories_) {
    available.push_back(printable(entry.adapter));
  }
  throw std::invalid_argument(fmt::format("unknown payload store adapter {}, available: {}",
                                          quoted(adapter), fmt::join(available, ", ")));
}

}  // namespace async_http_pool
