#pragma once

#include "agent/transport.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct ResponseLimits {
  std::size_t body_bytes_max;
  std::size_t header_bytes_max;
  int header_count_max;
};

/// Puts a response together from the lines and bytes that libcurl hands out, within limits. Knows
/// nothing of libcurl itself.
class ResponseCollector {
 public:
  ResponseCollector(ResponseLimits limits, bool is_head_request) noexcept
      : limits_(limits), is_head_request_(is_head_request) {}

  /// A line of the header block, a status line, the blank line at its end, or a trailer. False: the
  /// response is refused, `failure()` says why. Throws `std::bad_alloc`.
  [[nodiscard]] bool add_header_line(std::string_view line);
  /// Bytes of the body, after content decoding. As above.
  [[nodiscard]] bool add_body(std::string_view bytes);

  /// Bytes of status lines, header lines and trailers so far.
  [[nodiscard]] std::size_t header_bytes() const noexcept { return header_bytes_; }
  /// The blank line after the final status and its headers was seen. libcurl reports success for a
  /// connection that ends before it (LIBCURL.md F9), so this has to be asked.
  [[nodiscard]] bool is_head_complete() const noexcept { return phase_ == Phase::body; }
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }

  /// Moves the complete response out.
  void move_to(TransferResult& result);

 private:
  enum class Phase { status_line, headers, body };
  [[nodiscard]] bool begin_block(std::string_view status_line);
  [[nodiscard]] bool end_block();
  [[nodiscard]] bool store_pending_field();
  [[nodiscard]] bool read_announced_size();
  [[nodiscard]] bool refuse(ErrorType type, ErrorCode code, std::string message);
  [[nodiscard]] bool has_content_encoding() const noexcept;

  ResponseLimits limits_;
  bool is_head_request_;
  Phase phase_ = Phase::status_line;
  int status_ = 0;
  int header_count_ = 0;
  std::size_t header_bytes_ = 0;
  std::string pending_field_;  // the field being read: a folded line (RFC 9112, section 5.2) may
                               // continue it
  Headers headers_;
  std::string body_;
  std::optional<std::size_t> announced_body_bytes_;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
