// The part of RequestHandler that asks before it sends a body (RFC 9110, section 10.1.1).

#include "agent/request_handler.hpp"

#include <algorithm>
#include <string>

namespace async_http_pool {

void RequestHandler::add_expectation() {
  // By ourselves: libcurl asks for it only from a megabyte on. HTTP/1.0 does not know it, and the
  // first round of these authentications goes without a body.
  const TextList& schemes = options().auth();
  const bool has_rounds = std::any_of(schemes.begin(), schemes.end(),
                                      [](const std::string& scheme) { return scheme != "basic"; });
  is_asking_ = order_.may_ask && options().expect_timeout() > Milliseconds(0) && !has_rounds &&
               options().http_version() != HttpVersion::http1_0;
  if (is_asking_) {
    header_lines_.add("expect", "100-continue");
  } else {
    header_lines_.suppress("expect");
  }
}

void RequestHandler::withdraw_expectation() noexcept {
  header_lines_.withdraw("expect");
  is_asking_ = false;
}

void RequestHandler::await_go_ahead() noexcept {
  // Over HTTP/2 libcurl asks, but does not wait.
  if (host_.quirks().loses_expect_timer && !may_share_connection())
    clock_.await_go_ahead(options().expect_timeout());
}

bool RequestHandler::is_body_overdue(TimePoint now) noexcept {
  if (!clock_.take_go_ahead(now)) return false;
  const bool is_answered = has_response_bytes() && response_.status() >= 200;
  const bool is_waiting =
      is_asking_ && !is_answered && easy_.info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T, 0) == 0;
  if (!is_waiting) clock_.forget_go_ahead();
  return is_waiting;
}

bool RequestHandler::has_answer_instead_of_body() const noexcept {
  return is_asking_ && response_.status() >= 200 &&
         easy_.info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T, 0) == 0;
}

}  // namespace async_http_pool
