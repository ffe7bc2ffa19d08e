#include "agent/response_collector.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

constexpr std::size_t reserve_bytes_max = std::size_t{64}
                                          << 10;  // what a mere announcement may make us allocate

constexpr std::size_t usual_header_count = 16;
constexpr std::size_t usual_field_bytes = 120;

std::string_view without_line_end(std::string_view line) noexcept {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool ResponseCollector::refuse(ErrorType type, ErrorCode code, std::string message) {
  failure_ = TransferFailure{
      .type = type, .code = code, .message = std::move(message), .never_sent = false};
  return false;
}

bool ResponseCollector::add_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > limits_.header_bytes_max) {
    return refuse(ErrorType::response_too_large, ErrorCode::headers_too_large,
                  fmt::format("response headers exceeded maximum allowed size ({} bytes)",
                              limits_.header_bytes_max));
  }
  line = without_line_end(line);
  if (line.starts_with("HTTP/")) return begin_block(line);
  if (line.empty()) return end_block();
  if (line.front() == ' ' || line.front() == '\t') {
    if (phase_ == Phase::body) return true;  // of a trailer, which is only counted
    if (pending_field_.empty()) {
      return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                    "the first response header line is a continuation line");
    }
    pending_field_.append(1, ' ').append(trim(line));
    return true;
  }
  if (!store_pending_field()) return false;
  if (++header_count_ > limits_.header_count_max) {
    return refuse(ErrorType::response_too_large, ErrorCode::headers_too_large,
                  fmt::format("response has more than {} header fields", limits_.header_count_max));
  }
  if (phase_ == Phase::headers) pending_field_.assign(line);  // trailers are only counted
  return true;
}

bool ResponseCollector::begin_block(std::string_view status_line) {
  const std::size_t space = status_line.find(' ');
  std::string_view code =
      space == std::string_view::npos ? std::string_view() : status_line.substr(space + 1);
  code = code.substr(0, code.find(' '));  // a fourth digit must not be overlooked
  const std::optional<int> status = parse_number<int>(code);
  if (code.size() != 3 || !status || *status < 100) {
    return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                  "response has a malformed status line");
  }
  // What came before was an interim response (1xx) or a round of authentication: forget it.
  status_ = *status;
  headers_ = Headers();
  headers_.reserve(usual_header_count);
  pending_field_.clear();
  pending_field_.reserve(usual_field_bytes);
  announced_body_bytes_.reset();
  body_.clear();
  phase_ = Phase::headers;
  return true;
}

bool ResponseCollector::store_pending_field() {
  if (pending_field_.empty()) return true;
  const std::string_view field = pending_field_;
  const std::size_t colon = field.find(':');
  try {
    headers_.add(field.substr(0, colon),
                 colon == std::string_view::npos ? std::string_view() : field.substr(colon + 1));
  } catch (const std::invalid_argument& error) {
    return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                  fmt::format("response has a malformed header: {}", error.what()));
  }
  pending_field_.clear();
  return true;
}

bool ResponseCollector::end_block() {
  if (phase_ != Phase::headers) return true;  // the blank line after trailers
  if (!store_pending_field()) return false;
  if (status_ == 101) {
    return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                  "server switched protocols without being asked");
  }
  if (status_ < 200) {
    phase_ = Phase::status_line;
    return true;
  }
  phase_ = Phase::body;
  if (!read_announced_size()) return false;
  const bool has_body = !is_head_request_ && status_ != 204 && status_ != 304;
  if (has_body && announced_body_bytes_ > limits_.body_bytes_max) {
    return refuse(
        ErrorType::response_too_large, ErrorCode::body_too_large,
        fmt::format("Response body size ({} bytes) exceeds maximum allowed size ({} bytes)",
                    *announced_body_bytes_, limits_.body_bytes_max));
  }
  return true;
}

bool ResponseCollector::read_announced_size() {
  if (headers_.contains(
          "transfer-encoding")) {  // it counts, whatever the other says (RFC 9112, 6.3)
    headers_.remove("content-length");
    return true;
  }
  std::optional<std::string_view> first;
  for (const auto& [name, value] : headers_) {
    if (name != "content-length") continue;
    if (first && *first != value) {
      return refuse(ErrorType::unknown, ErrorCode::protocol_violation,
                    "response has content-lengths that differ");
    }
    first = value;
  }
  if (!first) return true;
  announced_body_bytes_ = parse_number<std::size_t>(*first);
  const bool is_digits = !first->empty() && std::all_of(first->begin(), first->end(), is_digit);
  if (!announced_body_bytes_ && is_digits) announced_body_bytes_ = SIZE_MAX;  // more than that
  return true;
}

bool ResponseCollector::add_body(std::string_view bytes) {
  if (bytes.size() > limits_.body_bytes_max - body_.size()) {
    return refuse(ErrorType::response_too_large, ErrorCode::body_too_large,
                  fmt::format("Response body size exceeded maximum allowed size ({} bytes)",
                              limits_.body_bytes_max));
  }
  if (body_.empty() && announced_body_bytes_)
    body_.reserve(std::min(*announced_body_bytes_, reserve_bytes_max));
  body_.append(bytes);
  return true;
}

bool ResponseCollector::has_content_encoding() const noexcept {
  const auto encoding = headers_.get("content-encoding");
  return encoding && !equals_ignoring_case(*encoding, "identity");
}

void ResponseCollector::move_to(TransferResult& result) {
  const bool announced_none = announced_body_bytes_ == std::size_t{0};
  const bool has_no_body = is_head_request_ || status_ == 204 || status_ == 304 || announced_none;
  if (!is_head_request_) {  // for HEAD they tell what GET would give
    if (has_content_encoding()) {
      headers_.remove("content-encoding");
      headers_.remove("content-length");
    }
    headers_.remove("transfer-encoding");
  }
  result.status = status_;
  result.headers = std::move(headers_);
  if (!has_no_body || !body_.empty()) result.body = std::move(body_);
}

}  // namespace async_http_pool
