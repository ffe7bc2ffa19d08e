#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/payload_store_check.hpp>
#include "base/guarded.hpp"

namespace async_http_pool {

/// What the rules of `check_payload_store` work with: stores, keys of their own, and a place for
/// what they find. any-thread
class PayloadStoreCheckContext {
 public:
  using MakeStore = std::function<std::shared_ptr<PayloadStore>()>;

  PayloadStoreCheckContext(const MakeStore& make, const PayloadStoreCheckOptions& options);

  [[nodiscard]] const PayloadStoreCheckOptions& options() const noexcept { return options_; }
  /// One more store on the place. Throws `std::runtime_error` instead of returning null.
  [[nodiscard]] std::shared_ptr<PayloadStore> make_store() const;
  /// The one that most rules use.
  [[nodiscard]] PayloadStore& store() const noexcept { return *store_; }

  /// A key that nobody has used before, ending in `suffix`.
  [[nodiscard]] std::string make_key(std::string_view suffix = "");
  /// `store.store`, and `remove_all` knows of it.
  std::string put(PayloadStore& store, std::string_view key, std::string_view payload);
  std::string put(std::string_view key, std::string_view payload) {
    return put(*store_, key, payload);
  }

  /// Finds fault unless the payload under `key` is `wanted`; `what` says which one it is.
  void expect_payload(PayloadStore& store, std::string_view key, std::string_view wanted,
                      std::string_view what);
  void expect_payload(std::string_view key, std::string_view wanted, std::string_view what) {
    expect_payload(*store_, key, wanted, what);
  }
  void expect_none(PayloadStore& store, std::string_view key, std::string_view what);

  /// The rule that what comes next is about.
  void begin_rule(std::string_view rule) { rule_ = rule; }
  /// Beyond the first few of one rule they are not kept.
  void find_fault(std::string detail);
  /// Removes what `put` has stored.
  void remove_all();
  [[nodiscard]] std::vector<PayloadStoreFinding> take_findings();

 private:
  const MakeStore& make_;
  const PayloadStoreCheckOptions options_;
  const std::shared_ptr<PayloadStore> store_;  // shared: custom stores come as they come
  std::string_view rule_;                      // changed only while no other thread runs
  Guarded<std::set<std::string>> keys_;        // of what is stored
  Guarded<std::vector<PayloadStoreFinding>> findings_;
};

/// For messages: `4096 bytes` with as much of the beginning as helps.
[[nodiscard]] std::string describe_payload(std::string_view payload);

/// Runs `action`, which throws or not: what it threw, in words; empty when nothing.
[[nodiscard]] std::string exception_of(const std::function<void()>& action);

}  // namespace async_http_pool
