#pragma once

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/value.hpp>

#include <string>
#include <string_view>

namespace ahp_tool {

/// A payload store as `--store` and references name it.
struct StoreOption {
  /// Goes into references: the URL made absolute, without credentials and time to live, so that it
  /// opens the same store again.
  std::string name;
  std::string adapter;             ///< as `register_payload_store` knows it
  async_http_pool::Value options;  ///< likewise
};

/// Reads one of these, and nothing but the current directory besides:
///
///     file:DIR
///     redis|rediss://[USER[:PASSWORD]@]HOST[:PORT][/DB][?ttl=SECONDS&ca_file=FILE]
///     unix://[USER[:PASSWORD]@]/SOCKET[?db=N&ttl=SECONDS]
///     s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&style=path|host&ca_file=FILE]
///
/// Throws `std::invalid_argument`; its message shows no part of the URL but the scheme, since any
/// other may turn out to be a password in the wrong place.
[[nodiscard]] StoreOption parse_store_url(std::string_view url);

/// Makes the store and registers it. A password that is not in the URL comes from
/// `AHP_REDIS_PASSWORD`, what S3 needs from `AWS_...`. Throws `UsageError`.
void open_store(const StoreOption& store, async_http_pool::Configuration& configuration);

}  // namespace ahp_tool
