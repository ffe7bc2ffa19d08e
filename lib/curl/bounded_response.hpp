#pragma once

#include "response/response_head.hpp"
#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct BoundedResponseLimits {
  std::size_t body_bytes_max;        ///< of a 2xx response; more is a failure
  std::size_t error_body_bytes_max;  ///< of any other; what is beyond it is cut off
  std::size_t header_bytes_max = std::size_t{64} << 10;
  int header_count_max = 200;
};

/// A response as `BlockingClient` gives it.
struct BlockingResponse {
  int status = 0;
  Headers headers;
  std::string body;
  /// The body's end was announced (content-length, chunks), not told by the end of the connection
  /// alone: that may come early, and libcurl would not notice.
  bool is_delimited = false;
  std::chrono::seconds retry_after{0};  ///< what the server asks for; 0: nothing
};

/// Takes a response in from libcurl's callbacks, within limits. A member that returns false wants
/// the transfer to end; then `failure` says why, or the response is good as far as it came.
class BoundedResponse {
 public:
  explicit BoundedResponse(const BoundedResponseLimits& limits) noexcept
      : limits_(limits),
        head_({.bytes_max = limits.header_bytes_max,
               .count_max = limits.header_count_max,
               .major_http_version_max = 1}) {}

  [[nodiscard]] bool add_header_line(std::string_view line);
  [[nodiscard]] bool add_body(std::string_view bytes);

  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }
  /// An error's body was longer than anybody wants to read.
  [[nodiscard]] bool is_body_cut() const noexcept { return is_body_cut_; }
  [[nodiscard]] bool has_bytes() const noexcept { return head_.bytes() > 0; }
  /// See `ResponseHead::is_complete`.
  [[nodiscard]] bool is_head_complete() const noexcept { return head_.is_complete(); }

  [[nodiscard]] BlockingResponse take();

 private:
  const BoundedResponseLimits limits_;
  ResponseHead head_;
  std::string body_;
  bool is_body_cut_ = false;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
