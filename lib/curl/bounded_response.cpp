#include "curl/bounded_response.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

bool BoundedResponse::refuse(ErrorType type, ErrorCode code, std::string message) {
  failure_ = TransferFailure{.type = type, .code = code, .message = std::move(message)};
  return false;
}

bool BoundedResponse::add_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > limits_.header_bytes_max) {
    return refuse(
        ErrorType::response_too_large, ErrorCode::headers_too_large,
        fmt::format("response headers have more than {} bytes", limits_.header_bytes_max));
  }
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) return begin_block(line);
  if (line.empty()) {
    is_head_complete_ = response_.status >= 200;
    return true;
  }
  return add_field(line);
}

bool BoundedResponse::begin_block(std::string_view status_line) {
  const std::size_t space = std::min(status_line.find(' '), status_line.size() - 1);
  const std::string_view rest = status_line.substr(space + 1);
  const std::string_view digits = rest.substr(0, rest.find(' '));
  int status = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (digits.size() != 3 || error != std::errc() || end != digits.data() + 3 || status < 100) {
    return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                  "response has a malformed status line");
  }
  // What came before was an interim response (1xx).
  response_ = BlockingResponse{.status = status};
  is_head_complete_ = false;
  return true;
}

bool BoundedResponse::add_field(std::string_view line) {
  if (++header_count_ > limits_.header_count_max) {
    return refuse(ErrorType::response_too_large, ErrorCode::headers_too_large,
                  fmt::format("response has more than {} header fields", limits_.header_count_max));
  }
  // Trailers, and the rest of a folded line (RFC 9112, section 5.2), are only counted.
  if (is_head_complete_ || line.front() == ' ' || line.front() == '\t') return true;
  const std::size_t colon = line.find(':');
  try {
    response_.headers.add(line.substr(0, colon), colon == std::string_view::npos
                                                     ? std::string_view()
                                                     : line.substr(colon + 1));
  } catch (const std::invalid_argument& error) {
    return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                  fmt::format("response has a malformed header: {}", error.what()));
  }
  return true;
}

bool BoundedResponse::add_body(std::string_view bytes) {
  std::string& body = response_.body;
  const bool is_success = response_.status / 100 == 2;
  const std::size_t bytes_max = is_success ? limits_.body_bytes_max : limits_.error_body_bytes_max;
  const std::size_t room = bytes_max - body.size();
  if (bytes.size() <= room) {
    body.append(bytes);
    return true;
  }
  if (is_success) {
    return refuse(ErrorType::response_too_large, ErrorCode::body_too_large,
                  fmt::format("response body has more than {} bytes", bytes_max));
  }
  body.append(bytes.substr(0, room));
  is_body_cut_ = true;
  return false;
}

BlockingResponse BoundedResponse::take() {
  response_.is_delimited = response_.headers.contains("content-length") ||
                           response_.headers.contains("transfer-encoding") ||
                           response_.status == 204;
  return std::move(response_);
}

}  // namespace async_http_pool
