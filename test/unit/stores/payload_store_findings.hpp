#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/payload_store_check.hpp>
#include "support/catch.hpp"
#include "support/memory_store.hpp"

namespace async_http_pool {

using Key = std::string_view;
using Payload = std::string_view;
using Fetched = std::optional<std::string>;

inline const PayloadStoreCheckOptions small = {
    .large_payload_bytes = std::size_t{2} << 20, .threads = 4, .rounds_per_thread = 20};

/// The findings of stores that `Store` makes on one place.
template <typename Store>
std::vector<PayloadStoreFinding> findings_of() {
  const auto place = std::make_shared<test::MemoryStore::Place>();
  return check_payload_store([&place] { return std::make_shared<Store>(place); }, small);
}

/// Whether one of the findings is about `rule`; shows them when not.
inline bool finds(const std::vector<PayloadStoreFinding>& findings, std::string_view rule) {
  if (std::ranges::find(findings, rule, &PayloadStoreFinding::rule) != findings.end()) return true;
  for (const auto& finding : findings) UNSCOPED_INFO(finding.rule << ": " << finding.detail);
  UNSCOPED_INFO("wanted: " << rule);
  return false;
}

class NeverRemoves : public test::MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  void remove(Key key) override { check_key(key); }
};

}  // namespace async_http_pool
