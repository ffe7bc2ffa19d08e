#pragma once

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/executor.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/interceptor.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/response_future.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool {

class Processor;

/// How far a request has come.
struct Progress {
  std::uint64_t bytes_sent = 0;      ///< of the request's body
  std::uint64_t bytes_received = 0;  ///< of the response's body, before decoding
  std::optional<std::uint64_t> bytes_to_send = {};
  std::optional<std::uint64_t> bytes_to_receive = {};
};

/// What sending a request may have besides the request: `SendOptions().set_executor(executor)`. No
/// plain struct, as GCC 12 destroys those once too often that are written in braces inside a
/// `co_await`; and lambdas with captures, so give such a one a name first.
class SendOptions {
 public:
  /// Where continuations run (`then`, `co_await`, of the body, too); null: on the agent thread.
  SendOptions& set_executor(Executor value) {
    executor_ = std::move(value);
    return *this;
  }
  /// A stop that it asks for cancels the request and its body, at any time.
  SendOptions& set_stop_token(std::stop_token value) {
    stop_token_ = std::move(value);
    return *this;
  }
  /// Told on the agent thread whenever bytes went or came, at most every 100 ms, and at the end. It
  /// must not wait; what it throws is logged and contained.
  SendOptions& set_progress(std::function<void(const Progress& progress)> value) {
    progress_ = std::move(value);
    return *this;
  }

  [[nodiscard]] const Executor& executor() const noexcept { return executor_; }
  [[nodiscard]] const std::stop_token& stop_token() const noexcept { return stop_token_; }
  [[nodiscard]] const std::function<void(const Progress& progress)>& progress() const noexcept {
    return progress_;
  }

 private:
  Executor executor_;
  std::stop_token stop_token_;
  std::function<void(const Progress& progress)> progress_;
};

struct DownloadOptions {
  /// Whether an earlier download that was broken off is continued, if the server has the same
  /// content still: the file's part and its validator are kept beside it, as PATH.part and
  /// PATH.part.json.
  bool resume = true;
  /// Told on the calling thread for each piece that is written: bytes of the file, the earlier part
  /// included, and in all if that is known.
  std::function<void(std::uint64_t bytes, std::optional<std::uint64_t> bytes_total)> progress =
      nullptr;
  std::stop_token stop_token = {};
};

struct DownloadResult {
  int status = 0;
  std::uint64_t bytes = 0;          ///< of the file
  std::uint64_t bytes_resumed = 0;  ///< of them, what an earlier download had left
  Headers headers = {};
};

/// Sends requests and gives their responses as futures, as soon as their headers are in; bodies are
/// streams. A handle: copies are cheap and share agents, connections and limits, on any thread.
///
/// Agents start with the first request; a client that is never used costs no thread. Destroying the
/// last handle ends them and waits for that, unless it happens on an agent thread; what is under
/// way then fails with `ErrorCode::cancelled`. A response whose body is being read counts as a
/// handle. When an agent fails, all its requests fail with its error, and the next request starts
/// new ones.
///
/// `RequestConfig::timeout` counts until the headers of the response are in, `stream_timeout` until
/// the end of its body; `idle_timeout` and the others hold all the time. `max_response_size` counts
/// for `execute` and its siblings, not for streams. A client is bound to the process that made it.
class AHP_EXPORT Client {
 public:
  explicit Client(const Configuration& configuration = {});
  /// Uses the agents, limits and configuration of `processor`, while that runs. Stopping the
  /// processor stops this client; starting it again brings it back.
  explicit Client(const Processor& processor);
  ~Client();
  Client(const Client&);
  Client& operator=(const Client&);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// Hands the request over and returns at once. What is wrong with it at the door is in the
  /// future, too: `MaxCapacityError` when `max_connections` requests are under way,
  /// `NotRunningError` when a shared processor does not run, `std::invalid_argument` for a URL
  /// above `max_url_size`.
  [[nodiscard]] ResponseFuture send(Request request, SendOptions options = {}) const;

  /// Sends the request and waits for the whole response, at most `max_response_size` bytes. Throws
  /// an `Error`, or as `send`; `std::logic_error` on an agent thread.
  [[nodiscard]] Response execute(const Request& request) const;
  [[nodiscard]] Response get(std::string_view url) const;
  [[nodiscard]] Response head(std::string_view url) const;
  [[nodiscard]] Response post(std::string_view url, std::string_view body,
                              std::string_view content_type = "application/octet-stream") const;
  [[nodiscard]] Response put(std::string_view url, std::string_view body,
                             std::string_view content_type = "application/octet-stream") const;
  [[nodiscard]] Response delete_(std::string_view url) const;

  /// Writes the response to `request`, a GET, into the file `path`, which appears when it is
  /// complete, in place of a regular file or a symbolic link of that name; anything else is left
  /// alone, and fails with EEXIST or EISDIR. Continues a part that is left of an earlier try when
  /// its ETag or Last-Modified still holds (Range and If-Range, RFC 9110, sections 13.1.5
  /// and 14.2). Other statuses than 2xx throw `HttpError`; what failed on the way leaves the part
  /// for the next try. Throws `std::system_error` for the file, with EBUSY while another download
  /// writes to it; `std::invalid_argument` for another method, a `range` or `if-range` header of
  /// the request's own, or an empty path; `std::logic_error` on an agent thread.
  DownloadResult download(const Request& request, std::string_view path,
                          DownloadOptions options = {}) const;

  /// A client that has `interceptor` around its requests, inside those that this one has already;
  /// it shares everything else. Throws `std::invalid_argument` when it is null.
  [[nodiscard]] Client with_interceptor(std::shared_ptr<Interceptor> interceptor) const;
  /// A client whose requests have these headers, unless they have one of the same name, or options
  /// or a body that stand for one (credentials, a multipart's content type). Throws like
  /// `RequestBuilder::headers`.
  [[nodiscard]] Client with_default_headers(Headers headers) const;

  [[nodiscard]] const Configuration& configuration() const noexcept;
  /// Requests under way, those included whose body is still coming.
  [[nodiscard]] std::size_t total_count() const noexcept;

 private:
  friend class ClientAccess;  // tests give it selectors that fail
  class Impl;
  explicit Client(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;  // shared by copies
};

/// A GET with a client of the process's own, made with the first call: for scripts and examples.
/// Throws as `Client::execute`.
[[nodiscard]] AHP_EXPORT Response get(std::string_view url);

}  // namespace async_http_pool
