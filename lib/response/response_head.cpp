#include "response/response_head.hpp"

#include "http/ascii.hpp"
#include "http/message_framing.hpp"
#include "http/status_line.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

constexpr std::size_t usual_header_count = 16;

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// One line end and no more: a CR before it is a stray one.
std::string_view without_line_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool ResponseHead::refuse(ErrorType type, ErrorCode code, std::string message) {
  failure_ = TransferFailure{
      .type = type, .code = code, .message = std::move(message), .never_sent = false};
  return false;
}

bool ResponseHead::refuse_violation(std::string message) {
  return refuse(ErrorType::unknown, ErrorCode::protocol_violation, std::move(message));
}

bool ResponseHead::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > limits_.bytes_max) {
    return refuse(ErrorType::response_too_large, ErrorCode::headers_too_large,
                  fmt::format("response headers exceeded maximum allowed size ({} bytes)",
                              limits_.bytes_max));
  }
  line = without_line_end(line);
  // libcurl takes a line that begins with one for the end of the headers, others take it for the
  // end of the line: either way not all would see the same response.
  if (line.find('\r') != std::string_view::npos) return refuse_violation("response has a stray CR");
  if (line.starts_with("HTTP/")) return begin(line);
  if (line.empty()) return end();
  if (is_blank(line.front())) return continue_field(line);
  return add_field(line);
}

bool ResponseHead::begin(std::string_view status_line) {
  const std::optional<StatusLine> parsed = parse_status_line(status_line);
  if (!parsed) return refuse_violation("response has a malformed status line");
  if (parsed->major_version > limits_.major_http_version_max) {
    return refuse_violation(
        fmt::format("response is of HTTP/{}, which was not agreed upon", parsed->major_version));
  }
  keep_cookies();
  // What came before was an interim response (1xx) or a round of authentication: forget it. Their
  // bytes count on, which bounds their number.
  count_ = 0;
  status_ = parsed->status;
  headers_ = Headers();
  trailers_ = Headers();
  headers_.reserve(usual_header_count);
  pending_field_.clear();
  is_last_field_open_ = false;
  has_folds_ = false;
  announced_body_bytes_.reset();
  is_ambiguous_ = false;
  phase_ = Phase::headers;
  return true;
}

void ResponseHead::keep_cookies() {
  // A 407 is a proxy's, which has no say in the cookies of the server.
  if (phase_ != Phase::complete || status_ == 407) return;
  for (const std::string_view cookie : headers_.get_all("set-cookie"))
    earlier_cookies_.emplace_back(cookie);
}

bool ResponseHead::add_field(std::string_view line) {
  if (!store_pending_field()) return false;
  if (++count_ > limits_.count_max) {
    return refuse(ErrorType::response_too_large, ErrorCode::headers_too_large,
                  fmt::format("response has more than {} header fields", limits_.count_max));
  }
  is_last_field_open_ = phase_ != Phase::complete && !has_folds_ && store_at_once(line);
  if (is_last_field_open_) return true;
  pending_field_.assign(line);
  // Behind trailers there is no end that libcurl would tell.
  return phase_ == Phase::complete ? store_pending_field() : true;
}

/// Not what is no field: it is judged when it is whole.
bool ResponseHead::store_at_once(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  try {
    headers_.add(line.substr(0, colon), line.substr(colon + 1));
  } catch (const std::invalid_argument&) {
    return false;
  }
  blanks_behind_.clear();
  if (is_blank(line.back())) blanks_behind_ = line.substr(line.find_last_not_of(" \t") + 1);
  return true;
}

bool ResponseHead::continue_field(std::string_view line) {
  // The trailer was stored already, and without the rest it would say something else.
  if (phase_ == Phase::complete) return refuse_violation("response has a folded trailer");
  if (is_last_field_open_) reopen_last_field();
  if (pending_field_.empty())
    return refuse_violation("the first response header line is a continuation line");
  pending_field_.append(1, ' ').append(trim(line));
  return true;
}

/// Copies all the others, but once a response.
void ResponseHead::reopen_last_field() {
  Headers others;
  others.reserve(usual_header_count);
  std::size_t left = headers_.size();
  for (const auto& [name, value] : headers_) {
    if (--left > 0) {
      others.add(name, value);
    } else {
      pending_field_.append(name).append(1, ':').append(value).append(blanks_behind_);
    }
  }
  headers_ = std::move(others);
  is_last_field_open_ = false;
  has_folds_ = true;
}

bool ResponseHead::store_pending_field() {
  if (pending_field_.empty()) return true;
  const std::string_view field = pending_field_;
  const std::size_t colon = field.find(':');
  if (colon == std::string_view::npos)
    return refuse_violation("response has a header without a colon");
  try {
    // Refuses a name with a blank behind it, which others may take for a part of the name and so
    // not see the header.
    Headers& fields = phase_ == Phase::complete ? trailers_ : headers_;
    fields.add(field.substr(0, colon), field.substr(colon + 1));
  } catch (const std::invalid_argument& error) {
    return refuse_violation(fmt::format("response has a malformed header: {}", error.what()));
  }
  pending_field_.clear();
  return true;
}

bool ResponseHead::end() {
  if (phase_ != Phase::headers) return true;  // behind the trailers
  if (!store_pending_field()) return false;
  is_last_field_open_ = false;
  if (status_ == 101) return refuse_violation("server switched protocols without being asked");
  if (status_ < 200) {
    phase_ = Phase::status_line;
    return true;
  }
  phase_ = Phase::complete;
  return read_framing();
}

bool ResponseHead::read_framing() {
  const MessageFraming framing = framing_of(headers_);
  if (!framing.fault.empty()) {
    // With the code that libcurl's own refusal of an unknown coding has.
    return refuse(ErrorType::unknown,
                  framing.is_coded ? ErrorCode::content_decoding : ErrorCode::protocol_violation,
                  fmt::format("response has a malformed header: {}", framing.fault));
  }
  is_ambiguous_ = framing.is_ambiguous;
  if (framing.is_coded) {
    headers_.remove("content-length");
  } else {
    announced_body_bytes_ = framing.length;
  }
  return true;
}

}  // namespace async_http_pool
