#include "agent/response_collector.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

// What a mere announcement may make us allocate; no memory is touched before bytes come.
constexpr std::size_t reserve_bytes_max = std::size_t{256} << 10;

}  // namespace

bool ResponseCollector::refuse(ErrorType type, ErrorCode code, std::string message) {
  failure_ = TransferFailure{
      .type = type, .code = code, .message = std::move(message), .never_sent = false};
  return false;
}

bool ResponseCollector::add_header_line(std::string_view line) {
  const bool was_complete = head_.is_complete();
  if (!head_.add_line(line)) {
    failure_ = head_.failure();
    return false;
  }
  if (!head_.is_complete()) body_.clear();  // of a round of authentication
  return was_complete || !head_.is_complete() || limits_.may_stream || check_announced_size();
}

bool ResponseCollector::may_have_body() const noexcept {
  return !is_head_request_ && head_.status() != 204 && head_.status() != 304;
}

bool ResponseCollector::check_announced_size() {
  const std::optional<std::size_t>& announced = head_.announced_body_bytes();
  if (!may_have_body() || !announced || *announced <= limits_.body_bytes_max) return true;
  return refuse(ErrorType::response_too_large, ErrorCode::body_too_large,
                fmt::format("Response body size ({} bytes) exceeds maximum allowed size ({} bytes)",
                            *announced, limits_.body_bytes_max));
}

bool ResponseCollector::add_body(std::string_view bytes) {
  if (bytes.size() > limits_.body_bytes_max - body_.size()) {
    return refuse(ErrorType::response_too_large, ErrorCode::body_too_large,
                  fmt::format("Response body size exceeded maximum allowed size ({} bytes)",
                              limits_.body_bytes_max));
  }
  if (const auto& announced = head_.announced_body_bytes(); body_.empty() && announced)
    body_.reserve(std::min(*announced, reserve_bytes_max));
  body_.append(bytes);
  return true;
}

bool ResponseCollector::check_ratio(std::size_t encoded_bytes) {
  const std::size_t ratio_max = limits_.decompression_ratio_max;
  if ((body_bytes() - 1) / ratio_max < encoded_bytes + encoded_piece_bytes_max) return true;
  return refuse(
      ErrorType::response_too_large, ErrorCode::body_too_large,
      fmt::format("response body is more than {} times larger than what was sent", ratio_max));
}

bool ResponseCollector::has_content_encoding() const noexcept {
  const auto encoding = head_.headers().get("content-encoding");
  return encoding && !equals_ignoring_case(*encoding, "identity");
}

void ResponseCollector::remove_what_was_undone(Headers& headers) const {
  if (is_head_request_) return;  // there they tell what GET would give
  if (limits_.are_bodies_decoded && has_content_encoding()) {
    headers.remove("content-encoding");
    headers.remove("content-length");
  }
  headers.remove("transfer-encoding");
}

Headers ResponseCollector::visible_headers() const {
  Headers headers = head_.headers();
  remove_what_was_undone(headers);
  return headers;
}

void ResponseCollector::copy_to(TransferHead& head) {
  head.status = head_.status();
  head.headers = visible_headers();
  head.earlier_cookies = std::move(head_.earlier_cookies());
  const bool is_decoded = limits_.are_bodies_decoded && has_content_encoding();
  if (!may_have_body()) {
    head.body_bytes = 0;
  } else if (!is_decoded) {
    head.body_bytes = head_.announced_body_bytes();
  }
}

void ResponseCollector::move_to(TransferResult& result) {
  const bool has_no_body = !may_have_body() || head_.announced_body_bytes() == std::size_t{0};
  Headers& headers = head_.headers();
  remove_what_was_undone(headers);
  result.status = head_.status();
  result.headers = std::move(headers);
  result.trailers = std::move(head_.trailers());
  result.earlier_cookies = std::move(head_.earlier_cookies());
  if (!has_no_body || !body_.empty()) result.body = std::move(body_);
}

}  // namespace async_http_pool
