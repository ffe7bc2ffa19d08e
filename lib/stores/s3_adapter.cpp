#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <async_http_pool/s3_store.hpp>
#include "config/built_in_adapters.hpp"
#include "stores/adapters.hpp"
#include "stores/store_options.hpp"

namespace async_http_pool {
namespace {

S3AddressingStyle style_of(const std::string& name) {
  if (name == "automatic") return S3AddressingStyle::automatic;
  if (name == "host") return S3AddressingStyle::host;
  if (name == "path") return S3AddressingStyle::path;
  throw std::invalid_argument(
      R"(option "addressing_style" of payload store adapter "s3" must be "automatic", "host" or "path")");
}

}  // namespace

std::shared_ptr<PayloadStore> make_s3_store(const Value& options) {
  StoreOptions given(s3_adapter, options);
  S3StoreOptions wanted;
  StoreOptions::take(given.string("bucket"), wanted.bucket);
  StoreOptions::take(given.string("region"), wanted.region);
  StoreOptions::take(given.string("endpoint"), wanted.endpoint);
  if (const auto style = given.string("addressing_style")) {
    wanted.addressing_style = style_of(*style);
  }
  StoreOptions::take(given.string("key_prefix"), wanted.key_prefix);
  StoreOptions::take(given.string("access_key_id"), wanted.access_key_id);
  StoreOptions::take(given.string("secret_access_key"), wanted.secret_access_key);
  StoreOptions::take(given.string("session_token"), wanted.session_token);
  StoreOptions::take(given.string("ca_file"), wanted.ca_file);
  StoreOptions::take(given.seconds("connect_timeout"), wanted.connect_timeout);
  StoreOptions::take(given.seconds("request_timeout"), wanted.request_timeout);
  StoreOptions::take(given.integer("retries"), wanted.retries);
  StoreOptions::take(given.seconds_or_zero("retry_delay"), wanted.retry_delay);
  given.refuse_others();
  return std::make_shared<S3Store>(std::move(wanted));
}

}  // namespace async_http_pool
