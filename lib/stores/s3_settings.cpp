#include "stores/s3_settings.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t region_bytes_max = 63;  // libcurl's limit for each part of a scope
constexpr std::size_t credential_bytes_max = std::size_t{16} << 10;
constexpr int retries_max = 20;
constexpr milliseconds time_max = std::chrono::hours(24);

std::string first_of(const EnvironmentReader& environment,
                     std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = environment(name);
    if (value && !value->empty()) return *std::move(value);
  }
  return {};
}

/// Printable ASCII without spaces: a session token is sent as a header, and what is more in the
/// others was pasted by mistake.
bool is_credential(std::string_view text) noexcept {
  return text.size() <= credential_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void complete_credentials(S3StoreOptions& options, const EnvironmentReader& environment) {
  if (options.access_key_id.empty() != options.secret_access_key.empty()) {
    throw std::invalid_argument(
        "s3 store: access_key_id and secret_access_key must be given together");
  }
  if (options.access_key_id.empty()) {
    if (!options.session_token.empty()) {
      throw std::invalid_argument("s3 store: session_token is of no use without access_key_id");
    }
    options.access_key_id = first_of(environment, {"AWS_ACCESS_KEY_ID"});
    options.secret_access_key = first_of(environment, {"AWS_SECRET_ACCESS_KEY"});
    options.session_token = first_of(environment, {"AWS_SESSION_TOKEN"});
    if (options.access_key_id.empty() || options.secret_access_key.empty()) {
      throw std::invalid_argument(
          "s3 store: no credentials: neither in the options nor in AWS_ACCESS_KEY_ID and "
          "AWS_SECRET_ACCESS_KEY");
    }
  }
  for (const auto& [name, value] : {std::pair("access_key_id", &options.access_key_id),
                                    std::pair("secret_access_key", &options.secret_access_key),
                                    std::pair("session_token", &options.session_token)}) {
    if (is_credential(*value)) continue;
    throw std::invalid_argument(
        fmt::format("s3 store: {} must be printable ASCII without spaces", name));
  }
}

void complete_region(S3StoreOptions& options, const EnvironmentReader& environment) {
  if (options.region.empty()) {
    options.region = first_of(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  }
  if (options.region.empty()) options.region = "us-east-1";
  const bool is_valid =
      options.region.size() <= region_bytes_max &&
      std::all_of(options.region.begin(), options.region.end(), [](char c) {
        return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c) || c == '-' || c == '_';
      });
  if (!is_valid) {
    throw std::invalid_argument(fmt::format(
        "s3 store: region must be letters, digits, '-' and '_', got: {}", quoted(options.region)));
  }
}

void check_time(std::string_view name, milliseconds value, milliseconds least) {
  if (value >= least && value <= time_max) return;
  throw std::invalid_argument(fmt::format("s3 store: {} must be between {} ms and 24 h, got: {} ms",
                                          name, least.count(), value.count()));
}

void check_limits(const S3StoreOptions& options) {
  check_time("connect_timeout", options.connect_timeout, milliseconds(1));
  check_time("request_timeout", options.request_timeout, milliseconds(1));
  check_time("retry_delay", options.retry_delay, milliseconds(0));
  if (options.retries < 0 || options.retries > retries_max) {
    throw std::invalid_argument(fmt::format("s3 store: retries must be between 0 and {}, got: {}",
                                            retries_max, options.retries));
  }
  if (options.ca_file.find('\0') != std::string::npos) {
    throw std::invalid_argument("s3 store: ca_file must be free of NUL");
  }
}

}  // namespace

std::optional<std::string> read_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): only setenv makes it so
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

S3StoreOptions complete_s3_options(S3StoreOptions options, const EnvironmentReader& environment) {
  complete_credentials(options, environment);
  complete_region(options, environment);
  if (options.endpoint.empty()) {
    options.endpoint = first_of(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  }
  check_limits(options);
  return options;
}

}  // namespace async_http_pool
