#include "stores/payload_store_check_context.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/uuid.hpp"

namespace async_http_pool {
namespace {

constexpr std::ptrdiff_t findings_max = 5;  // of one rule

std::string difference(std::string_view wanted, std::string_view got) {
  const auto at = std::ranges::mismatch(wanted, got).in1 - wanted.begin();
  return fmt::format("wanted {}, got {}, which differs from byte {} on", describe_payload(wanted),
                     describe_payload(got), at);
}

}  // namespace

PayloadStoreCheckContext::PayloadStoreCheckContext(const MakeStore& make,
                                                   const PayloadStoreCheckOptions& options)
    : make_(make), options_(options), store_(make_store()) {}

std::shared_ptr<PayloadStore> PayloadStoreCheckContext::make_store() const {
  std::shared_ptr<PayloadStore> store = make_();
  if (store == nullptr) throw std::runtime_error("no store was made: null");
  return store;
}

std::string PayloadStoreCheckContext::make_key(std::string_view suffix) {
  return fmt::format("check-{}{}", make_uuid(), suffix);
}

std::string PayloadStoreCheckContext::put(PayloadStore& store, std::string_view key,
                                          std::string_view payload) {
  // Before, for a store that throws may have stored all the same.
  keys_.with([key](auto& keys) { keys.emplace(key); });
  std::string stored = store.store(key, payload);
  keys_.with([&stored](auto& keys) { keys.insert(stored); });
  return stored;
}

void PayloadStoreCheckContext::expect_payload(PayloadStore& store, std::string_view key,
                                              std::string_view wanted, std::string_view what) {
  const std::optional<std::string> got = store.fetch(key);
  if (!got.has_value()) {
    find_fault(fmt::format("{}: wanted {}, got none", what, describe_payload(wanted)));
  } else if (*got != wanted) {
    find_fault(fmt::format("{}: {}", what, difference(wanted, *got)));
  }
}

void PayloadStoreCheckContext::expect_none(PayloadStore& store, std::string_view key,
                                           std::string_view what) {
  const std::optional<std::string> got = store.fetch(key);
  if (got.has_value()) {
    find_fault(fmt::format("{}: wanted none, got {}", what, describe_payload(*got)));
  }
}

void PayloadStoreCheckContext::find_fault(std::string detail) {
  findings_.with([&](auto& findings) {
    const auto same_rule = std::ranges::count(findings, rule_, &PayloadStoreFinding::rule);
    if (same_rule < findings_max) findings.push_back({std::string(rule_), std::move(detail)});
  });
}

void PayloadStoreCheckContext::remove_all() {
  const std::set<std::string> keys =
      keys_.with([](auto& stored) { return std::exchange(stored, {}); });
  for (const std::string& key : keys) {
    const std::string thrown = exception_of([&] { store_->remove(key); });
    if (!thrown.empty()) find_fault(fmt::format("removing {} threw {}", quoted(key), thrown));
  }
}

std::vector<PayloadStoreFinding> PayloadStoreCheckContext::take_findings() {
  return findings_.with([](auto& findings) { return std::exchange(findings, {}); });
}

std::string describe_payload(std::string_view payload) {
  constexpr std::size_t shown_max = 40;
  return fmt::format("{} bytes {}{}", payload.size(), quoted(payload.substr(0, shown_max)),
                     payload.size() > shown_max ? "..." : "");
}

std::string exception_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return quoted(error.what());
  } catch (...) {
    return "what is no std::exception";
  }
  return {};
}

}  // namespace async_http_pool
