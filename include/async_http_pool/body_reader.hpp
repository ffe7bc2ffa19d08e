#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace async_http_pool {

class ResponseStream;

/// Reads the body of a streamed response, after content decoding, as it arrives. At most
/// `stream_buffer_size` bytes wait for the reader, or for one that keeps up with a large body,
/// `max_stream_buffer_size`; beyond them the connection is not read, and so the server stops
/// sending. (Over HTTP/2 libcurl itself takes in up to a stream's window before that: 32 MiB up to
/// 7.88, 10 MiB later.)
///
/// A transfer that fails is an error, never an early end: reading gives the bytes that came before
/// it and then throws the `Error`. (But a server that compresses only a part of a body, and says
/// that it is all, is believed: libcurl does not tell.) After the end reading gives the end again,
/// after an error that error. Movable; an empty one, as after a move, is at its end. One thread at
/// a time; `cancel` on any.
///
/// Members that wait throw `std::logic_error` on agent threads, which must not; `read_async` and
/// `when_readable` are for these, and `read_for` with 0 ms, which does not wait.
class AHP_EXPORT BodyReader {
 public:
  /// Bytes that members taking in a whole body accept by default.
  static constexpr std::size_t default_limit = std::size_t{16} << 20;

  BodyReader() noexcept;
  /// Gives up what was not read: the transfer ends at once, unless it is over.
  ~BodyReader();
  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) noexcept;

  /// Waits for bytes and puts them into `buffer`; returns how many, 0 at the end (and for an empty
  /// buffer).
  std::size_t read(std::span<char> buffer);
  /// The same without waiting longer than `timeout`; none when nothing came. 0 ms: what is there.
  std::optional<std::size_t> read_for(std::span<char> buffer, std::chrono::milliseconds timeout);

  class ReadAwaiter;
  /// `co_await body.read_async(buffer)` is `read` without a thread that waits. Goes on on the agent
  /// thread, or on the executor that the request was sent with. `buffer` must last that long. The
  /// coroutine must not be destroyed while it waits: `cancel` makes it go on.
  [[nodiscard]] ReadAwaiter read_async(std::span<char> buffer) noexcept;
  /// Calls `callback` once when reading will not wait: bytes, the end or an error are there; at
  /// once, on this thread, when that is so already. One at a time: throws `std::logic_error` while
  /// another is outstanding. Where and how as `read_async`; destroying the reader forgets the
  /// callback. What it throws is logged and contained.
  void when_readable(std::function<void()> callback);
  /// Whether bytes, the end or an error are there to be read.
  [[nodiscard]] bool is_readable() const noexcept;

  /// All bytes that are left. Throws `RequestError` with `ErrorCode::body_too_large` when they are
  /// more than `limit`; the transfer is given up then.
  std::string bytes(std::size_t limit = default_limit);
  /// The same as UTF-8, converted from the charset of the content type as in `Response::text`.
  std::string text(std::size_t limit = default_limit);
  /// The same as JSON, whatever the content type. Throws `ParseError`, too.
  Value json(std::size_t limit = default_limit);
  /// Writes all that is left and returns how many bytes that were. Throws `std::ios_base::failure`
  /// when the stream fails; then the transfer is given up. Flushes it at the end.
  std::uint64_t copy_to(std::ostream& out);
  /// The same into a file, which is made if need be, and emptied first. Throws
  /// `std::system_error`. What came before a failure stays in the file.
  std::uint64_t copy_to_file(std::string_view path);
  /// Reads and drops what is left, so that the connection can be used again.
  std::uint64_t discard();

  /// Bytes of the whole body as announced by the server; none when it did not say, or when the body
  /// is decoded on the way.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept;
  /// Bytes read so far.
  [[nodiscard]] std::uint64_t position() const noexcept;

  /// any-thread. Ends the transfer at once, also when the server is silent: its connection is
  /// closed (HTTP/2: its stream). A read that waits throws `RequestError` with
  /// `ErrorCode::cancelled`. Does nothing when the transfer is over.
  void cancel() noexcept;

 private:
  friend class StreamAccess;
  explicit BodyReader(std::shared_ptr<ResponseStream> stream) noexcept;
  std::shared_ptr<ResponseStream> stream_;  // shared with the transfer and its response
};

class AHP_EXPORT BodyReader::ReadAwaiter {
 public:
  [[nodiscard]] bool await_ready() const noexcept;
  /// False, and the coroutine just goes on, when there is something to be read by now.
  bool await_suspend(std::coroutine_handle<> coroutine);
  std::size_t await_resume();

 private:
  friend class BodyReader;
  friend class StreamAccess;
  ReadAwaiter(BodyReader& reader, std::span<char> buffer) noexcept
      : reader_(reader), buffer_(buffer) {}
  BodyReader& reader_;
  std::span<char> buffer_;
};

}  // namespace async_http_pool
