#include "curl/bounded_response.hpp"

#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

bool BoundedResponse::add_header_line(std::string_view line) {
  if (!head_.add_line(line)) {
    failure_ = head_.failure();
    return false;
  }
  return true;
}

bool BoundedResponse::add_body(std::string_view bytes) {
  const bool is_success = head_.status() / 100 == 2;
  const std::size_t bytes_max = is_success ? limits_.body_bytes_max : limits_.error_body_bytes_max;
  const std::size_t room = bytes_max - body_.size();
  if (bytes.size() <= room) {
    body_.append(bytes);
    return true;
  }
  if (is_success) {
    failure_ =
        TransferFailure{.type = ErrorType::response_too_large,
                        .code = ErrorCode::body_too_large,
                        .message = fmt::format("response body has more than {} bytes", bytes_max)};
    return false;
  }
  body_.append(bytes.substr(0, room));
  is_body_cut_ = true;
  return false;
}

BlockingResponse BoundedResponse::take() {
  BlockingResponse response{
      .status = head_.status(), .headers = std::move(head_.headers()), .body = std::move(body_)};
  response.is_delimited = response.headers.contains("content-length") ||
                          response.headers.contains("transfer-encoding") || response.status == 204;
  return response;
}

}  // namespace async_http_pool
