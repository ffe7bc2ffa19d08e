#pragma once

#include "store_option.hpp"

#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/value.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ahp_tool {

/// Fetches what references stand for, from the stores that they name. One thread at a time.
class StoredPayloads {
 public:
  /// `only`: the store that all references have to name, opened at once; none: each is opened by
  /// the name that the reference gives. Throws `UsageError`.
  explicit StoredPayloads(const std::optional<StoreOption>& only);

  /// The payload of a reference. Throws `std::exception`s that say why there is none. No store is
  /// made by that: a directory that is not there stays so.
  [[nodiscard]] std::string fetch(const async_http_pool::Value& reference);
  /// Removes it, if it is there. Throws likewise.
  void remove(const async_http_pool::Value& reference);

 private:
  [[nodiscard]] const async_http_pool::ExternalStorage& storage_of(
      const async_http_pool::Value& reference);

  std::string only_name_;  // empty: any
  std::map<std::string, async_http_pool::ExternalStorage, std::less<>> open_;
};

/// `reference` for messages: without a name of a store that may have a password in it.
[[nodiscard]] std::string describe_reference(const async_http_pool::Value& reference);

}  // namespace ahp_tool
