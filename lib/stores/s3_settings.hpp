#pragma once

#include <functional>
#include <optional>
#include <string>

#include <async_http_pool/s3_store.hpp>

namespace async_http_pool {

/// The value of an environment variable, none when it is not set.
using EnvironmentReader = std::function<std::optional<std::string>(const char* name)>;
[[nodiscard]] std::optional<std::string> read_environment(const char* name);

/// Fills in what `options` leaves to the environment and checks the rest: on return there are a
/// region and credentials; `endpoint` stays empty for AWS. An empty variable is none. Throws
/// `std::invalid_argument`; no secret is in the message.
[[nodiscard]] S3StoreOptions complete_s3_options(S3StoreOptions options,
                                                 const EnvironmentReader& environment);

}  // namespace async_http_pool
