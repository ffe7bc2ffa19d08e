#pragma once

#include "response/transfer_failure.hpp"

#include <async_http_pool/headers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// The status line and the headers of a response, put together line by line, within limits. What
/// came before the final ones is forgotten but for its cookies, what comes behind (trailers) is
/// kept apart.
class ResponseHead {
 public:
  struct Limits {
    std::size_t bytes_max;
    int count_max;                   ///< of fields, trailers included
    int major_http_version_max = 3;  ///< what can have been agreed upon with the server
  };

  explicit ResponseHead(const Limits& limits) noexcept : limits_(limits) {}

  /// What has been agreed upon, once that is known.
  void set_major_http_version_max(int version) noexcept {
    limits_.major_http_version_max = version;
  }

  /// A status line, a header line, the blank line at the end, or a trailer, with its line end.
  /// False: the response is refused, `failure()` says why. Throws `std::bad_alloc`.
  [[nodiscard]] bool add_line(std::string_view line);

  /// The blank line after the final status and its headers was seen. libcurl reports success for a
  /// connection that ends before it (LIBCURL.md F9), so this has to be asked.
  [[nodiscard]] bool is_complete() const noexcept { return phase_ == Phase::complete; }
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] Headers& headers() noexcept { return headers_; }
  [[nodiscard]] const Headers& headers() const noexcept { return headers_; }
  [[nodiscard]] Headers& trailers() noexcept { return trailers_; }
  /// The `set-cookie` fields of rounds that libcurl made on its own before the final response, as
  /// for a password.
  [[nodiscard]] std::vector<std::string>& earlier_cookies() noexcept { return earlier_cookies_; }
  /// By content-length, unless that does not count.
  [[nodiscard]] const std::optional<std::size_t>& announced_body_bytes() const noexcept {
    return announced_body_bytes_;
  }
  /// See `MessageFraming`.
  [[nodiscard]] bool is_ambiguous() const noexcept { return is_ambiguous_; }
  /// Of all lines so far.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }

 private:
  enum class Phase { status_line, headers, complete };
  [[nodiscard]] bool begin(std::string_view status_line);
  [[nodiscard]] bool end();
  void keep_cookies();
  [[nodiscard]] bool add_field(std::string_view line);
  [[nodiscard]] bool store_at_once(std::string_view line);
  [[nodiscard]] bool continue_field(std::string_view line);
  void reopen_last_field();
  [[nodiscard]] bool store_pending_field();
  [[nodiscard]] bool read_framing();
  [[nodiscard]] bool refuse(ErrorType type, ErrorCode code, std::string message);
  [[nodiscard]] bool refuse_violation(std::string message);

  Limits limits_;
  Phase phase_ = Phase::status_line;
  int status_ = 0;
  int count_ = 0;
  std::size_t bytes_ = 0;
  // A folded line (RFC 9112, section 5.2) may continue the field that is being read. As folds are
  // rare, fields are stored as they come, and kept back only behind the first fold.
  bool is_last_field_open_ = false;  // of headers_: a line may continue it
  bool has_folds_ = false;
  std::string blanks_behind_;  // the last of headers_, which were not stored
  std::string pending_field_;  // not stored yet
  Headers headers_;
  Headers trailers_;
  std::vector<std::string> earlier_cookies_;
  std::optional<std::size_t> announced_body_bytes_;
  bool is_ambiguous_ = false;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
