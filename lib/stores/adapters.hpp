#pragma once

#include <memory>

#include <async_http_pool/payload_store.hpp>
#include <async_http_pool/value.hpp>

namespace async_http_pool {

// The adapters that `Configuration::register_payload_store` knows: each makes a store from its
// options by name. Throw `std::invalid_argument`.
[[nodiscard]] std::shared_ptr<PayloadStore> make_file_store(const Value& options);
[[nodiscard]] std::shared_ptr<PayloadStore> make_redis_store(const Value& options);
[[nodiscard]] std::shared_ptr<PayloadStore> make_s3_store(const Value& options);

}  // namespace async_http_pool
