#pragma once

#include <async_http_pool/external_storage.hpp>

namespace ahp_tool {

/// Stores a tiny payload under a random key, fetches and removes it. Throws what the store throws,
/// `std::runtime_error` when it gives back something else.
void probe_store(const async_http_pool::ExternalStorage& storage);

}  // namespace ahp_tool
