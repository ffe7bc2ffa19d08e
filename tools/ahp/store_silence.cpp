#include "store_silence.hpp"

#include <async_http_pool/exceptions.hpp>

namespace ahp_tool {

using async_http_pool::PayloadStoreError;
using async_http_pool::PayloadStoreErrorCode;

bool is_unanswered(const std::exception& error) noexcept {
  const auto* const known = dynamic_cast<const PayloadStoreError*>(&error);
  return known != nullptr && (known->code() == PayloadStoreErrorCode::timeout ||
                              known->code() == PayloadStoreErrorCode::unavailable);
}

std::string kind_of(const std::exception& error) {
  const auto* const known = dynamic_cast<const PayloadStoreError*>(&error);
  return std::string(known != nullptr ? async_http_pool::to_string(known->code()) : "other");
}

}  // namespace ahp_tool
