#include <async_http_pool/event_stream.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/printable.hpp"
#include "client/piecewise_reader.hpp"
#include "http/event_stream_parser.hpp"
#include "http/media_type.hpp"

namespace async_http_pool {
namespace {

StreamingResponse checked(StreamingResponse response) {
  if (response.status() != 200) {
    throw std::invalid_argument("a response of status " + std::to_string(response.status()) +
                                " is no event stream");
  }
  if (!is_event_stream_type(response.content_type())) {
    throw std::invalid_argument("content type " + quoted(response.content_type()) +
                                " is no event stream");
  }
  return response;
}

class Events {
 public:
  using Item = ServerSentEvent;
  static constexpr std::string_view name = "event";

  explicit Events(std::size_t bytes_max) : bytes_max_(bytes_max), parser_(bytes_max) {}

  [[nodiscard]] std::optional<ServerSentEvent> next(std::string_view& input) {
    auto event = parser_.next(input);
    if (!event) return std::nullopt;
    return ServerSentEvent{std::move(event->type), std::move(event->data), parser_.last_event_id()};
  }
  [[nodiscard]] static std::optional<ServerSentEvent> last() noexcept { return std::nullopt; }
  [[nodiscard]] bool is_too_large() const noexcept { return parser_.is_too_large(); }
  [[nodiscard]] std::size_t bytes_max() const noexcept { return bytes_max_; }
  [[nodiscard]] const EventStreamParser& parser() const noexcept { return parser_; }

 private:
  std::size_t bytes_max_;
  EventStreamParser parser_;
};

}  // namespace

class EventStreamReader::Impl : public PiecewiseReader<Events> {
  using PiecewiseReader::PiecewiseReader;
};

EventStreamReader::EventStreamReader(StreamingResponse response, EventStreamOptions options)
    : impl_(std::make_unique<Impl>(checked(std::move(response)), Events(options.max_event_size))) {}
EventStreamReader::~EventStreamReader() = default;
EventStreamReader::EventStreamReader(EventStreamReader&&) noexcept = default;
EventStreamReader& EventStreamReader::operator=(EventStreamReader&&) noexcept = default;

std::optional<ServerSentEvent> EventStreamReader::next() { return impl_->next(); }
EventStreamReader::NextAwaiter EventStreamReader::next_async() noexcept {
  return NextAwaiter(*impl_);
}
const std::string& EventStreamReader::last_event_id() const noexcept {
  return impl_->items().parser().last_event_id();
}
std::optional<std::chrono::milliseconds> EventStreamReader::retry_delay() const noexcept {
  return impl_->items().parser().retry_delay();
}
StreamingResponse& EventStreamReader::response() noexcept { return impl_->response(); }

bool EventStreamReader::NextAwaiter::await_ready() noexcept { return reader_.is_ready(); }
bool EventStreamReader::NextAwaiter::await_suspend(std::coroutine_handle<> coroutine) noexcept {
  return reader_.suspend(coroutine);
}
std::optional<ServerSentEvent> EventStreamReader::NextAwaiter::await_resume() {
  return reader_.take();
}

}  // namespace async_http_pool
