#pragma once

#include "store_breaker.hpp"
#include "store_option.hpp"

#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ahp_tool {

/// A store that payloads are fetched from. While it does not answer, calls fail at once.
/// Any-thread.
class PayloadSource {
 public:
  explicit PayloadSource(const StoreOption& store);

  /// The payload of a reference, on one line. Throws `std::exception`s that say why there is none.
  [[nodiscard]] std::string fetch(const std::string& reference);
  /// Removes it, if it is there. Throws likewise.
  void remove(const std::string& reference);

 private:
  template <typename Call>
  auto ask(const Call& call);

  const async_http_pool::ExternalStorage storage_;
  StoreBreaker breaker_;
};

/// Finds the stores that references name. One thread at a time.
class StoredPayloads {
 public:
  /// `only`: the store that all references have to name, opened at once; none: each is opened by
  /// the name that the reference gives. Throws `UsageError`.
  explicit StoredPayloads(const std::optional<StoreOption>& only);

  /// Throws `std::exception`s that say why there is none. No store is made by that: a directory
  /// that is not there stays so.
  [[nodiscard]] std::shared_ptr<PayloadSource> source_of(const async_http_pool::Value& reference);

 private:
  std::string only_name_;  // empty: any
  std::map<std::string, std::shared_ptr<PayloadSource>, std::less<>> open_;
};

/// `reference` for messages: without a name of a store that may have a password in it.
[[nodiscard]] std::string describe_reference(const async_http_pool::Value& reference);

}  // namespace ahp_tool
