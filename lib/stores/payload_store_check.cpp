#include <async_http_pool/payload_store_check.hpp>

#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "stores/payload_store_check_context.hpp"
#include "stores/payload_store_check_rules.hpp"

namespace async_http_pool {
namespace {

constexpr int threads_limit = 256;

void check_options(const PayloadStoreCheckOptions& options) {
  if (options.threads < 1 || options.threads > threads_limit) {
    throw std::invalid_argument(
        fmt::format("threads must be 1 to {}, got: {}", threads_limit, options.threads));
  }
  if (options.rounds_per_thread < 1) {
    throw std::invalid_argument(fmt::format("rounds_per_thread must be a positive number, got: {}",
                                            options.rounds_per_thread));
  }
}

void run(const PayloadStoreRule& rule, PayloadStoreCheckContext& context) {
  context.begin_rule(rule.rule);
  const std::string thrown = exception_of([&] { rule.check(context); });
  if (!thrown.empty()) context.find_fault(fmt::format("threw {}", thrown));
  context.remove_all();
}

}  // namespace

std::vector<PayloadStoreFinding> check_payload_store(
    const std::function<std::shared_ptr<PayloadStore>()>& make,
    const PayloadStoreCheckOptions& options) {
  check_options(options);
  std::optional<PayloadStoreCheckContext> context;
  const std::string thrown = exception_of([&] { context.emplace(make, options); });
  if (!thrown.empty()) return {{"a store can be made", fmt::format("threw {}", thrown)}};

  for (const auto& rules : {content_rules(), key_rules(), sharing_rules()}) {
    for (const PayloadStoreRule& rule : rules) run(rule, *context);
  }
  return context->take_findings();
}

}  // namespace async_http_pool
