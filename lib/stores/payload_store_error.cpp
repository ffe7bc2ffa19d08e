#include <async_http_pool/exceptions.hpp>

namespace async_http_pool {

std::string_view to_string(PayloadStoreErrorCode code) noexcept {
  switch (code) {
    case PayloadStoreErrorCode::unavailable:
      return "unavailable";
    case PayloadStoreErrorCode::timeout:
      return "timeout";
    case PayloadStoreErrorCode::overloaded:
      return "overloaded";
    case PayloadStoreErrorCode::full:
      return "full";
    case PayloadStoreErrorCode::read_only:
      return "read_only";
    case PayloadStoreErrorCode::unauthorized:
      return "unauthorized";
    case PayloadStoreErrorCode::misconfigured:
      return "misconfigured";
    case PayloadStoreErrorCode::payload_too_large:
      return "payload_too_large";
    case PayloadStoreErrorCode::corrupt:
      return "corrupt";
    case PayloadStoreErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace async_http_pool
