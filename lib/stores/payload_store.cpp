#include <async_http_pool/payload_store.hpp>

#include "stores/payload_key.hpp"

namespace async_http_pool {

PayloadStore::~PayloadStore() = default;

void PayloadStore::check_key(std::string_view key) { check_payload_key(key); }

}  // namespace async_http_pool
