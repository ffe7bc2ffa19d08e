#pragma once

#include "agent/transport.hpp"
#include "response/response_head.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct ResponseLimits {
  std::size_t body_bytes_max;
  std::size_t header_bytes_max;
  int header_count_max;
  int major_http_version_max = 3;           ///< what can have been agreed upon with the server
  std::size_t decompression_ratio_max = 0;  ///< 0: none
  bool are_bodies_decoded = true;           ///< before they get here
  bool may_stream = false;  ///< an announced size is not refused before `check_announced_size`
};

/// Puts a response together from the lines and bytes that libcurl hands out, within limits. Knows
/// nothing of libcurl itself.
class ResponseCollector {
 public:
  ResponseCollector(ResponseLimits limits, bool is_head_request) noexcept
      : limits_(limits),
        is_head_request_(is_head_request),
        head_({.bytes_max = limits.header_bytes_max,
               .count_max = limits.header_count_max,
               .major_http_version_max = limits.major_http_version_max}) {}

  /// As of `ResponseHead`.
  void set_major_http_version_max(int version) noexcept {
    head_.set_major_http_version_max(version);
  }

  /// A line of the header block, a status line, the blank line at its end, or a trailer. False: the
  /// response is refused, `failure()` says why. Throws `std::bad_alloc`.
  [[nodiscard]] bool add_header_line(std::string_view line);
  /// Bytes of the body, after content decoding. As above.
  [[nodiscard]] bool add_body(std::string_view bytes);

  /// Refuses a body that is announced to be too large. As above.
  [[nodiscard]] bool check_announced_size();
  /// Bytes of a body that is not kept here, but counts for the ratio.
  void count_streamed(std::size_t bytes) noexcept { streamed_bytes_ += bytes; }

  /// Whether the body is so large that its ratio counts. What libcurl has counted in its write
  /// callback lacks the piece that is being decoded; less than one is never refused.
  [[nodiscard]] bool needs_ratio_check() const noexcept {
    return limits_.decompression_ratio_max != 0 &&
           body_bytes() / limits_.decompression_ratio_max >= encoded_piece_bytes_max;
  }
  /// Refuses a body that is too large for the bytes that it was decoded from, `encoded_bytes` and
  /// perhaps a piece more. As `add_body`.
  [[nodiscard]] bool check_ratio(std::size_t encoded_bytes);

  /// Bytes of status lines, header lines and trailers so far.
  [[nodiscard]] std::size_t header_bytes() const noexcept { return head_.bytes(); }
  /// Of the response that began last; 0 before the first.
  [[nodiscard]] int status() const noexcept { return head_.status(); }
  /// See `ResponseHead::is_complete`.
  [[nodiscard]] bool is_head_complete() const noexcept { return head_.is_complete(); }
  /// The connection must end with this response, see `MessageFraming`.
  [[nodiscard]] bool is_last_of_connection() const noexcept {
    return head_.is_complete() && head_.is_ambiguous();
  }
  /// The body has no other end than that of the connection.
  [[nodiscard]] bool ends_with_connection() const {
    return head_.is_complete() && may_have_body() && !head_.announced_body_bytes() &&
           !head_.headers().contains("transfer-encoding");
  }
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }

  [[nodiscard]] const Headers& headers() const noexcept { return head_.headers(); }
  /// As the application gets them, which does not see what was undone, such as an encoding.
  [[nodiscard]] Headers visible_headers() const;
  /// Of a complete head.
  [[nodiscard]] bool may_have_body() const noexcept;
  /// The head of a complete one, for who takes the body piece by piece; the headers stay as well.
  void copy_to(TransferHead& head);
  /// Moves the complete response out.
  void move_to(TransferResult& result);

 private:
  static constexpr std::size_t encoded_piece_bytes_max = 16'384;  // CURL_MAX_WRITE_SIZE
  [[nodiscard]] std::size_t body_bytes() const noexcept { return body_.size() + streamed_bytes_; }
  void remove_what_was_undone(Headers& headers) const;
  [[nodiscard]] bool refuse(ErrorType type, ErrorCode code, std::string message);
  [[nodiscard]] bool has_content_encoding() const noexcept;

  ResponseLimits limits_;
  bool is_head_request_;
  ResponseHead head_;
  std::string body_;
  std::size_t streamed_bytes_ = 0;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
