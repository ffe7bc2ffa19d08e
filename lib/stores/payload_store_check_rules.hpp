#pragma once

#include <span>

#include "stores/payload_store_check_context.hpp"

namespace async_http_pool {

/// One promise of `PayloadStore`, in words and as a test. What the test throws is a finding.
struct PayloadStoreRule {
  std::string_view rule;
  void (*check)(PayloadStoreCheckContext& context);
};

/// What comes back, and when.
[[nodiscard]] std::span<const PayloadStoreRule> content_rules() noexcept;
/// What is a key, and that keys are apart.
[[nodiscard]] std::span<const PayloadStoreRule> key_rules() noexcept;
/// Several threads, several stores.
[[nodiscard]] std::span<const PayloadStoreRule> sharing_rules() noexcept;

}  // namespace async_http_pool
