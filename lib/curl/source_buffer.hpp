#pragma once

#include <async_http_pool/body_source.hpp>
#include "response/transfer_failure.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <curl/curl.h>

namespace async_http_pool {

/// Stands between a `BodySource`, which is the application's code, and libcurl, in whose callbacks
/// no such code may run: they take what was read ahead, and when there is nothing they pause the
/// upload. Then, libcurl having returned, `fill` reads on, and says when to go on. agent-thread
class SourceBuffer {
 public:
  static constexpr std::size_t bytes_max = std::size_t{64} << 10;  // what libcurl asks for at once

  /// `source` must outlive it. `owner` is the request that it is claimed for, which releases it:
  /// there may be other attempts. `on_hungry` is called in libcurl's callback when `needs_fill` or
  /// `is_paused` gets true; it may be null.
  SourceBuffer(BodySource& source, const void* owner,
               std::function<void()> on_hungry = nullptr) noexcept
      : source_(source), owner_(owner), on_hungry_(std::move(on_hungry)) {}
  ~SourceBuffer() = default;
  SourceBuffer(const SourceBuffer&) = delete;
  SourceBuffer& operator=(const SourceBuffer&) = delete;

  // Outside of libcurl's callbacks:

  /// Has the source to itself and at its first byte from now on, and knows its size; or says what
  /// is in the way. Reads nothing yet: until a connection is there the body may go to another one.
  [[nodiscard]] std::optional<TransferFailure> open(const std::function<void()>& notify) noexcept;
  /// Of the whole body; none when it is not known.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
  /// Whether it is time for `fill`: not when it has to wait for the source's notice.
  [[nodiscard]] bool needs_fill() const noexcept;
  /// Reads until the buffer is full, or the source has no more for now. Returns whether libcurl has
  /// to be told to go on.
  [[nodiscard]] bool fill() noexcept;

  // Anywhere:

  /// For CURLOPT_READFUNCTION: bytes, 0 at the end, CURL_READFUNC_PAUSE or CURL_READFUNC_ABORT.
  [[nodiscard]] std::size_t take(char* buffer, std::size_t size) noexcept;
  /// For CURLOPT_SEEKFUNCTION, back to the first byte. When that is not in the buffer any more, the
  /// next `fill` asks the source for it, and fails when it cannot go back.
  [[nodiscard]] bool rewind() noexcept;
  /// Whether libcurl was told to wait, and not yet to go on.
  [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }
  /// Bytes given to libcurl, since it last began.
  [[nodiscard]] std::uint64_t taken() const noexcept { return dropped_ + begin_; }
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }

  // Of libcurl; `self` is a `SourceBuffer`.
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count,
                             void* self) noexcept;
  static int on_seek(void* self, curl_off_t offset, int origin) noexcept;

 private:
  void prepare(const std::function<void()>& notify);
  void read_all();
  /// False: there is no more, now or ever.
  [[nodiscard]] bool read_some();
  void make_room();
  void check_end();
  void fail(const std::string& reason);
  void fail_by_exception() noexcept;
  [[nodiscard]] bool is_over() const noexcept { return has_ended_ || failure_.has_value(); }

  BodySource& source_;
  const void* const owner_;
  const std::function<void()> on_hungry_;
  std::optional<std::uint64_t> size_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;         // of what libcurl has not taken
  std::size_t end_ = 0;           // of what was read
  std::uint64_t dropped_ = 0;     // bytes that were in the buffer before those that are there now
  bool is_wanted_ = false;        // libcurl has asked
  bool is_waiting_ = false;       // for the source's notice
  bool must_start_over_ = false;  // before it is read again
  bool has_ended_ = false;
  bool is_paused_ = false;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
