#pragma once

#include <async_http_pool/error.hpp>
#include <async_http_pool/executor.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/logger.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/response.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/transfer_remote.hpp"
#include "agent/transport.hpp"
#include "base/clock.hpp"
#include "client/stream_buffer.hpp"

namespace async_http_pool {

/// A response whose body is under way, shared by its transfer, which writes, its `BodyReader`,
/// which reads, and its `StreamingResponse`. Neither side ever waits for the other while it holds
/// the lock, and bytes are copied without it.
///
/// Between the two stand at most `capacity` bytes, or one piece that is larger. Where the reader
/// takes them faster than they come, but not as soon, the room is doubled, up to `capacity_max`. A
/// piece for which there is no room is refused; the reader then asks the transfer to go on, once,
/// when half of the room is free.
class ResponseStream final : public BodySink, public std::enable_shared_from_this<ResponseStream> {
 public:
  struct Options {
    std::size_t capacity = std::size_t{64} << 10;  ///< `stream_buffer_size`
    std::size_t capacity_max = 0;                  ///< `max_stream_buffer_size`
    Executor executor = nullptr;                   ///< where `when_readable` calls; null: there
    std::shared_ptr<Logger> logger = nullptr;      ///< told what callbacks throw
    std::shared_ptr<TransferRemote> remote = nullptr;
  };
  /// What is known when the headers are in.
  struct Head {
    int status = 0;
    Headers headers = {};
    std::optional<std::uint64_t> body_bytes = {};  ///< that will be written, if that is known
    std::string url = {};
    std::string method = {};
    std::string request_id = {};
    std::vector<std::string> redirects = {};
    std::optional<TlsInfo> tls = {};
    Metrics metrics = {};  ///< so far
  };

  explicit ResponseStream(Options options) noexcept;
  /// One that is complete, and has no transfer.
  explicit ResponseStream(const Response& response);
  ~ResponseStream();
  ResponseStream(const ResponseStream&) = delete;
  ResponseStream& operator=(const ResponseStream&) = delete;

  // --- The transfer's side: agent-thread ---

  /// Inside a libcurl callback: runs nothing of the application's. A thread that waits in a read is
  /// woken only when much is there for it: `tell_reader` has to follow, soon.
  [[nodiscard]] bool write(std::string_view bytes) override;
  /// Before anything below, and before a reader is made; bytes may have been written.
  void start(Head head) noexcept;
  /// Somebody is going to read: `keeper` keeps the agents alive until the reader lets go of it, on
  /// its thread, when it has seen the end, or an error, or is destroyed. So that is where agents
  /// may be waited for. Does nothing once the transfer is over.
  void keep(std::shared_ptr<const void> keeper) noexcept;
  /// Outside of libcurl's callbacks, after bytes were written: wakes the reader's thread, or calls
  /// what it gave to `when_readable`, which may do anything, also destroy the reader.
  void tell_reader() noexcept;
  /// Bytes of the body that came so far, before decoding, if they are counted.
  void note_progress(std::uint64_t bytes_received) noexcept;
  // Exactly one of these, last, unless the stream never started. Tells the reader; outside of
  // libcurl's callbacks.
  void end(Headers trailers, const Metrics& metrics) noexcept;
  /// `error` is thrown to the reader behind the bytes that were written before, as what it is.
  void fail(const Error& error) noexcept;

  // --- What is known of the response: any-thread, once it has started ---

  [[nodiscard]] const Head& head() const noexcept { return head_; }
  [[nodiscard]] Metrics metrics() const;
  [[nodiscard]] std::optional<Headers> trailers() const;
  /// Asks the transfer to end, if it is not over. The reader learns of it by `fail`.
  void cancel() noexcept;

  // --- The reader's side: one thread at a time, once it has started ---

  /// Copies what is there, waiting for the first byte. 0 at the end, throws at an error. Throws
  /// `std::logic_error` on agent threads, unless there is no transfer.
  std::size_t read(std::span<char> buffer);
  /// None: nothing came until `deadline`. Without waiting when that has passed, on any thread then.
  std::optional<std::size_t> read_until(std::span<char> buffer, TimePoint deadline);
  /// Waits as `read` does and shows the next bytes where they lie, at most `bytes_max`; none at the
  /// end. They stay until they are consumed.
  [[nodiscard]] std::string_view peek(std::size_t bytes_max);
  void consume(std::size_t bytes) noexcept;

  [[nodiscard]] bool is_readable() const noexcept;
  /// Calls `callback` as `BodyReader::when_readable`.
  void when_readable(std::function<void()> callback);
  /// The same, but false, and `callback` is left alone, when reading would not wait.
  [[nodiscard]] bool call_when_readable(std::function<void()>& callback);
  [[nodiscard]] std::uint64_t position() const noexcept;
  /// The whole response, if it was complete from the start and nothing of it was read.
  [[nodiscard]] const Response* untouched_response() const noexcept;
  /// There is no reader any more: cancels the transfer, unless it is over. A callback that waits is
  /// forgotten.
  void abandon() noexcept;

 private:
  enum class Phase { flowing, ended, failed };
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] bool is_readable_locked() const noexcept {
    return buffer_.bytes() != 0 || phase_ != Phase::flowing;
  }
  [[nodiscard]] std::optional<std::size_t> read_before(std::span<char> buffer,
                                                       const std::optional<TimePoint>& deadline);
  /// Waits until reading will not; false at `deadline`.
  [[nodiscard]] bool wait(Lock& lock, const std::optional<TimePoint>& deadline);
  /// The bytes that are there; none at the end, throws at an error. Gives the lock up.
  [[nodiscard]] StreamBuffer::View take_view(Lock& lock);
  void finish(Phase phase, const Metrics& metrics) noexcept;
  [[nodiscard]] bool fits(std::size_t bytes) const noexcept {
    return buffer_.bytes() == 0 || buffer_.bytes() + bytes <= capacity_;
  }
  /// Makes the room larger if that helps.
  void grow() noexcept;
  class PostedCall;
  [[nodiscard]] std::function<void()> take_callback() noexcept;
  void post_callback() noexcept;
  /// Wakes the thread that waits in a read, if one does. Gives the lock up.
  void wake_reader(Lock& lock) noexcept;
  void refuse_to_wait_on_agent_thread() const;

  const std::size_t capacity_max_;
  const Executor executor_;
  const std::shared_ptr<Logger> logger_;
  const std::shared_ptr<TransferRemote> remote_;  // shared with the transfer; null: there is none
  const std::optional<Response> response_;        // the bytes, when there is no transfer
  Head head_;                                     // set once, before there is a reader
  TimePoint started_at_{};

  mutable std::mutex mutex_;
  std::condition_variable readable_;

  // Guarded by mutex_:
  StreamBuffer buffer_;
  std::size_t capacity_ = 0;
  bool has_run_dry_ = false;  // the reader had to wait, since the room grew
  Phase phase_ = Phase::flowing;
  bool is_abandoned_ = false;
  bool is_reader_waiting_ = false;
  std::size_t refused_bytes_ = 0;  // of a piece that will come again; 0: none
  std::function<void()> callback_;
  bool is_call_posted_ = false;  // to the executor, which has not run it yet
  std::uint64_t bytes_received_ = 0;
  Headers trailers_;
  Metrics metrics_;                       // so far, then final
  std::shared_ptr<const Error> failure_;  // shared: the reader throws it without the lock
  std::shared_ptr<const void> keeper_;    // shared: keeps the agents alive

  // The reader's:
  std::shared_ptr<const char[]> viewed_;  // shared: the buffer may move to other storage meanwhile
};

}  // namespace async_http_pool
