#include "client/piecewise_reader.hpp"

#include <async_http_pool/error.hpp>

#include <fmt/format.h>

namespace async_http_pool {

void refuse_large_item(StreamingResponse& response, std::string_view name, std::size_t bytes_max) {
  response.cancel();
  const Metrics metrics = response.metrics();
  throw RequestError(
      ErrorType::response_too_large, ErrorCode::body_too_large,
      fmt::format("{} of the response is larger than the limit of {} bytes", name, bytes_max),
      {.url = response.url(),
       .method = response.method(),
       .request_id = response.request_id(),
       .duration = metrics.total,
       .metrics = metrics});
}

}  // namespace async_http_pool
