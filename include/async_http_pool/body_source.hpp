#pragma once

#include <async_http_pool/export.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace async_http_pool {

/// Supplies the bytes of a request's body while they are sent: see `RequestBuilder::body_source`.
/// Over HTTP/1.1 a response that comes before the body is sent ends with the body at the earliest,
/// but one of status 300 and above ends the sending.
///
/// Its members are called on the thread that drives the request, an agent thread for `Processor`
/// and `Client`, never inside a callback of libcurl and one at a time. They must not wait: that
/// would hold up all other requests of the agent. A body that has to be waited for is better
/// written into a `BodyWriter` by a thread of the application's. What they throw fails the request
/// with `ErrorCode::request_body`, and is the `Error::cause` of its error. One source is for one
/// request at a time, from when that is made until it is over: a second one fails with
/// `ErrorCode::request_body`, and does nothing to the first.
class AHP_EXPORT BodySource {
 public:
  virtual ~BodySource();
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;

  /// Puts the next bytes into `buffer`, which is never empty, and returns how many they are: 0 at
  /// the end, none when there are none yet. After none it is asked again when the function that
  /// `set_notify` gave was called.
  [[nodiscard]] virtual std::optional<std::size_t> read(std::span<char> buffer) = 0;
  /// Bytes of the whole body, sent as `content-length`: a source that gives others fails its
  /// request. None, the default: not known; sent as chunks (RFC 9112, section 7.1) or HTTP/2 data.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const;
  /// Goes back to the first byte, for a retry or a redirect that sends the body again. Returns
  /// whether it did; false, the default, ends the request where that is needed: a redirect of
  /// status 307 or 308 in `ErrorCode::request_body`, a failed attempt without a retry.
  [[nodiscard]] virtual bool rewind();
  /// Called before the first read of an attempt. `notify` may be called on any thread, any number
  /// of times, also when the request is long over. The default ignores it, which is right for
  /// sources that always have bytes.
  virtual void set_notify(std::function<void()> notify);
  /// The request is over or needs no more of the body: nothing is read from here on, unless
  /// `rewind` comes first. May come more than once. The default does nothing.
  virtual void close() noexcept;

 protected:
  BodySource() noexcept = default;

 private:
  friend class BodySourceUse;
  std::atomic<const void*> claimed_by_ = nullptr;  // the request that has it
  bool was_read_ = false;                          // since the start, or since it was rewound
};

struct BodySourceOptions {
  std::optional<std::uint64_t> size = {};  ///< see `BodySource::size`
  std::function<bool()> rewind = nullptr;  ///< see `BodySource::rewind`; null: cannot
};

/// A body that `read` supplies: puts bytes into a buffer, which is not empty, and returns how many;
/// 0 at the end. See `BodySource` for what it may do. Throws `std::invalid_argument` when it is
/// null.
[[nodiscard]] AHP_EXPORT std::shared_ptr<BodySource> make_body_source(
    std::function<std::size_t(std::span<char> buffer)> read, BodySourceOptions options = {});

struct BodyWriterOptions {
  std::size_t capacity = std::size_t{64} << 10;  ///< bytes it holds until they are sent, at least 1
  std::optional<std::uint64_t> size = {};        ///< see `BodySource::size`
};

/// The writing end of a body that is sent while it is made: what is written goes into a bounded
/// buffer, which the request empties. Writing waits while it is full, so that nobody is faster than
/// the server reads. Movable; one that was moved from may only be destroyed or assigned to. One
/// thread at a time, beside the agent's.
///
///     ahp::BodyWriter writer;
///     auto future = client.send(ahp::Request::put(url).body_source(writer.source()).build());
///     while (std::optional<std::string> line = next_line()) if (!writer.write(*line)) break;
///     writer.finish();
class AHP_EXPORT BodyWriter {
 public:
  /// Throws `std::invalid_argument` for a capacity of 0.
  explicit BodyWriter(BodyWriterOptions options = {});
  /// As `fail`, unless it was finished: a body that ends early is never taken for a whole one.
  ~BodyWriter();
  BodyWriter(BodyWriter&&) noexcept;
  BodyWriter& operator=(BodyWriter&&) noexcept;

  /// What to give to `RequestBuilder::body_source`: always the same, for one request. When nobody
  /// has it any more, neither a request nor the application, nobody wants the body. As long as no
  /// more than `capacity` bytes were written, its request can send it again: for a redirect, a
  /// retry of the library's or a round of authentication. No other request can, such as an
  /// interceptor's second try: the end of the first one has closed it.
  [[nodiscard]] std::shared_ptr<BodySource> source() const noexcept;

  /// Waits until all of `bytes` are in the buffer. False when nobody wants them any more: the
  /// request is over, or got its response early; whatever is written is dropped from then on.
  /// Throws `std::logic_error` on an agent thread, which must not wait, and after `finish`.
  bool write(std::string_view bytes);
  /// The same without waiting longer than `timeout`; returns how many bytes went into the buffer. A
  /// timeout of 0 does not wait, and is allowed on agent threads.
  std::size_t write_for(std::string_view bytes, std::chrono::milliseconds timeout);
  /// Whether the request still takes bytes.
  [[nodiscard]] bool is_wanted() const noexcept;

  /// The body is complete. Does nothing the second time.
  void finish();
  /// The body will not be complete: fails the request with `ErrorCode::request_body`, and `cause`.
  void fail(std::exception_ptr cause = nullptr) noexcept;

 private:
  class Pipe;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace async_http_pool
