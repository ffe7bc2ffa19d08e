#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/payload_store.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace async_http_pool {

/// What `check_payload_store` did not like: a sentence that says what was expected and what came.
struct PayloadStoreFinding {
  std::string rule;    ///< "a payload comes back byte for byte"
  std::string detail;  ///< "64 KiB of zeros: got 0 bytes"
};

struct PayloadStoreCheckOptions {
  std::size_t large_payload_bytes = std::size_t{64} << 20;
  int threads = 4;  ///< that use one store at a time
  int rounds_per_thread = 20;
};

/// Runs a store through the rules of `PayloadStore`: payloads of all kinds and sizes come back byte
/// for byte, the last of several wins, a missing one is none, removing is idempotent, keys that are
/// none are refused, several threads and several stores on the same place do not disturb each
/// other, and readers never see a part.
///
/// `make` gives a store on one and the same place each time it is called. Needs no test framework:
/// returns what was found, nothing when all is well; exceptions of the store are findings. Removes
/// what it stored.
[[nodiscard]] AHP_EXPORT std::vector<PayloadStoreFinding> check_payload_store(
    const std::function<std::shared_ptr<PayloadStore>()>& make,
    const PayloadStoreCheckOptions& options = {});

}  // namespace async_http_pool
