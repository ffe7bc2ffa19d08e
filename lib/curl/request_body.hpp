#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include <async_http_pool/request.hpp>
#include "base/body_file.hpp"
#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "response/transfer_failure.hpp"

namespace async_http_pool {

/// Tells libcurl the method of a request, and supplies the bytes of its body: again from the start
/// whenever libcurl or a new attempt needs them. It must outlive the transfer and not move.
class RequestBody {
 public:
  /// `request` must outlive it.
  explicit RequestBody(const Request& request) noexcept : request_(request) {}
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  /// any-thread. All that is known without a look at files. Throws `CurlError`.
  void configure(EasyHandle& easy, HeaderLines& lines);
  /// agent-thread, before libcurl gets the handle: looks at the files, and says what is wrong with
  /// them, if anything. Throws `CurlError` and `std::bad_alloc`.
  [[nodiscard]] std::optional<TransferFailure> open(EasyHandle& easy);
  /// agent-thread. libcurl needs it no more.
  void close() noexcept;

  /// Whether the request has a body, which may still turn out to be an empty file.
  [[nodiscard]] static bool is_in(const Request& request) noexcept;
  /// Whether there are bytes to send; known when it is open.
  [[nodiscard]] bool has_bytes() const noexcept { return size_ > 0; }
  /// What went wrong while libcurl asked for bytes; it only knows that it was stopped.
  [[nodiscard]] const std::optional<TransferFailure>& failure() const noexcept { return failure_; }

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

  [[nodiscard]] Source* open_file(const std::string& path);
  [[nodiscard]] bool add_part(const Multipart::Part& part);
  void note_failure(const BodyFile& file);
  [[nodiscard]] static std::size_t read(Source& source, char* buffer, std::size_t size);

  // Called by libcurl.
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count,
                             void* source) noexcept;
  static int on_seek(void* source, curl_off_t offset, int origin) noexcept;

  const Request& request_;
  std::deque<Source> sources_;  // libcurl points to its elements
  std::unique_ptr<curl_mime, MimeCleanup> mime_;
  curl_off_t size_ = 0;
  std::optional<TransferFailure> failure_;
};

}  // namespace async_http_pool
