#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/streaming_response.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace async_http_pool {

/// One message of an event stream.
struct ServerSentEvent {
  std::string type = "message";  ///< of its `event` field
  std::string data;              ///< its `data` fields, joined by line feeds
  std::string id;                ///< the last `id` that the stream gave, here or before

  friend bool operator==(const ServerSentEvent&, const ServerSentEvent&) = default;
};

struct EventStreamOptions {
  /// Bytes that the lines of one event may have, comments and the ends of lines not counted.
  std::size_t max_event_size = std::size_t{1} << 20;
};

/// Reads server-sent events (`text/event-stream`, WHATWG HTML section 9.2) from a response, as
/// services that stream their answers send them. Does not connect again by itself:
/// `last_event_id` and `retry_delay` are there for those who do.
///
/// Errors, waiting and threads are those of `BodyReader`, and `response().cancel()` ends a wait, on
/// any thread. Movable, not while something waits; one that was moved from has no events to ask
/// for. What is no UTF-8 becomes U+FFFD. An event that is not ended by a blank line is dropped at
/// the end of the stream, as the standard says. One that is larger than `max_event_size` throws
/// `RequestError` with `ErrorCode::body_too_large` and ends the transfer.
class AHP_EXPORT EventStreamReader {
 public:
  /// Throws `std::invalid_argument` when the status is not 200 or the content type is not
  /// text/event-stream.
  explicit EventStreamReader(StreamingResponse response, EventStreamOptions options = {});
  ~EventStreamReader();
  EventStreamReader(EventStreamReader&&) noexcept;
  EventStreamReader& operator=(EventStreamReader&&) noexcept;

  /// Waits for the next event; none at the end of the stream.
  [[nodiscard]] std::optional<ServerSentEvent> next();
  class NextAwaiter;
  /// `co_await reader.next_async()` is `next` without a thread that waits, see
  /// `BodyReader::read_async`.
  [[nodiscard]] NextAwaiter next_async() noexcept;

  /// The last `id` of an event that is complete: to be sent as the `last-event-id` header when
  /// connecting again.
  [[nodiscard]] const std::string& last_event_id() const noexcept;
  /// How long to wait before connecting again, if the server said so; a year at most.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_delay() const noexcept;
  [[nodiscard]] StreamingResponse& response() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class AHP_EXPORT EventStreamReader::NextAwaiter {
 public:
  [[nodiscard]] bool await_ready() noexcept;
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept;
  std::optional<ServerSentEvent> await_resume();

 private:
  friend class EventStreamReader;
  explicit NextAwaiter(Impl& reader) noexcept : reader_(reader) {}
  Impl& reader_;
};

struct JsonLinesOptions {
  /// Bytes that one line may have, its end not counted.
  std::size_t max_line_size = std::size_t{1} << 20;
  ParseLimits parse_limits = {};
};

/// Reads a response of one JSON value a line (JSON Lines, NDJSON), blank lines aside. As
/// `EventStreamReader`, except that any content type will do, and that a last line needs no line
/// feed. A line that is no JSON throws `ParseError`; the next call goes on behind it.
class AHP_EXPORT JsonLinesReader {
 public:
  explicit JsonLinesReader(StreamingResponse response, JsonLinesOptions options = {});
  ~JsonLinesReader();
  JsonLinesReader(JsonLinesReader&&) noexcept;
  JsonLinesReader& operator=(JsonLinesReader&&) noexcept;

  /// Waits for the next value; none at the end.
  [[nodiscard]] std::optional<Value> next();
  class NextAwaiter;
  [[nodiscard]] NextAwaiter next_async() noexcept;
  [[nodiscard]] StreamingResponse& response() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class AHP_EXPORT JsonLinesReader::NextAwaiter {
 public:
  [[nodiscard]] bool await_ready() noexcept;
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept;
  std::optional<Value> await_resume();

 private:
  friend class JsonLinesReader;
  explicit NextAwaiter(Impl& reader) noexcept : reader_(reader) {}
  Impl& reader_;
};

}  // namespace async_http_pool
