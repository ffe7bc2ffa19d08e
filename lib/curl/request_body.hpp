#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include <async_http_pool/request.hpp>
#include "base/body_file.hpp"
#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "curl/source_buffer.hpp"
#include "response/transfer_failure.hpp"

namespace async_http_pool {

/// Tells libcurl the method of a request, and supplies the bytes of its body: again from the start
/// whenever libcurl or a new attempt needs them, where they can come again. It must outlive the
/// transfer and not move.
class RequestBody {
 public:
  /// `request` must outlive it. `source_owner`: see `SourceBuffer`.
  explicit RequestBody(const Request& request, const void* source_owner = nullptr) noexcept
      : request_(request), source_owner_(source_owner) {}
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  /// any-thread. All that is known without a look at files. Throws `CurlError`.
  void configure(EasyHandle& easy, HeaderLines& lines);
  /// What a `BodySource` gets as its notice; before `open`.
  void set_notify(std::function<void()> notify) noexcept { notify_ = std::move(notify); }
  /// What is called in a callback of libcurl when `wants_fill` or `is_paused` gets true; before
  /// `open`. It must not throw.
  void set_on_hungry(std::function<void()> on_hungry) noexcept {
    on_hungry_ = std::move(on_hungry);
  }
  /// agent-thread, before libcurl gets the handle: looks at the files, or readies the source, and
  /// says what is wrong with them, if anything. Throws `CurlError` and `std::bad_alloc`.
  [[nodiscard]] std::optional<TransferFailure> open(EasyHandle& easy);
  /// agent-thread. libcurl needs it no more. A source stays open: there may be another attempt.
  void close() noexcept;

  // A body that a `BodySource` supplies, and which is open; agent-thread, outside of libcurl's
  // callbacks, when it is hungry, and after each notice:

  /// Whether there is something to read for libcurl now. Need not be asked after a notice.
  [[nodiscard]] bool wants_fill() const noexcept { return source_ && source_->needs_fill(); }
  /// Reads it. Returns whether libcurl waits for what came of it: bytes, the end, or a `failure`,
  /// with which the transfer is to be ended. Then, as from this call on it counts as told, it must
  /// be: see curl_easy_pause.
  [[nodiscard]] bool fill() noexcept { return source_ && source_->fill(); }
  /// Whether libcurl waits for the source.
  [[nodiscard]] bool is_paused() const noexcept { return source_ && source_->is_paused(); }
  /// Whether libcurl, while it waits, keeps bytes that it has (before 8.10.0): it sends them when
  /// it is told to go on, and then waits again.
  [[nodiscard]] bool holds_back(const EasyHandle& easy) const noexcept;
  /// What libcurl would take, for a transfer that it does not get; for a `BodySource` only.
  [[nodiscard]] std::size_t take(char* buffer, std::size_t size) noexcept {
    return source_->take(buffer, size);
  }

  /// Whether the request has a body, which may still turn out to be an empty file.
  [[nodiscard]] static bool is_in(const Request& request) noexcept;
  /// Whether there are bytes to send; known when it is open.
  [[nodiscard]] bool has_bytes() const noexcept { return size_ != 0; }
  /// How many, without the boundaries of a multipart body; -1 when that is not known.
  [[nodiscard]] curl_off_t size() const noexcept { return size_; }
  /// What went wrong while libcurl asked for bytes; it only knows that it was stopped.
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept {
    return source_ ? source_->failure() : failure_;
  }

 private:
  /// Bytes that go out one after the other: all of a body, or one part of it.
  struct Source {
    RequestBody* body;
    std::string_view bytes;          // of the request: not copied
    std::size_t position = 0;        // in them
    std::unique_ptr<BodyFile> file;  // instead of them
  };
  struct MimeCleanup {
    void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
  };

  [[nodiscard]] std::optional<TransferFailure> open_source(EasyHandle& easy);
  [[nodiscard]] std::optional<TransferFailure> open_body_file(EasyHandle& easy);
  [[nodiscard]] std::optional<TransferFailure> open_multipart(EasyHandle& easy);
  [[nodiscard]] Source* open_file(const std::string& path);
  [[nodiscard]] bool add_part(const Multipart::Part& part);
  void note_failure(const BodyFile& file);
  [[nodiscard]] static std::size_t read(Source& source, char* buffer, std::size_t size);

  // Called by libcurl.
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count,
                             void* source) noexcept;
  static int on_seek(void* source, curl_off_t offset, int origin) noexcept;

  const Request& request_;
  const void* const source_owner_;
  std::list<Source> sources_;  // libcurl points to its elements; no memory while it is empty
  std::unique_ptr<curl_mime, MimeCleanup> mime_;
  std::unique_ptr<SourceBuffer> source_;  // most requests have none
  std::function<void()> notify_;
  std::function<void()> on_hungry_;
  curl_off_t size_ = 0;  // -1: not known
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
