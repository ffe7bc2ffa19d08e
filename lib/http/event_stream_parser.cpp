#include "http/event_stream_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/utf8.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// `digits` are nothing else.
std::chrono::milliseconds delay_of(std::string_view digits) noexcept {
  constexpr std::int64_t delay_max = EventStreamParser::retry_delay_max.count();
  std::int64_t delay = 0;
  for (const char digit : digits) delay = std::min(delay_max, delay * 10 + (digit - '0'));
  return std::chrono::milliseconds(delay);
}

}  // namespace

std::optional<StreamEvent> EventStreamParser::next(std::string_view& input) {
  while (const auto read = lines_.next(input, event_bytes_max_ - event_bytes_)) {
    std::string_view line = *read;
    if (std::exchange(is_at_start_, false) && line.starts_with(byte_order_mark)) {
      line.remove_prefix(byte_order_mark.size());
    }
    if (line.empty()) {
      if (auto event = end_event()) return event;
    } else if (line.front() != ':') {  // a comment
      event_bytes_ += line.size();
      // Line by line is as good as all at once: line ends are never inside a character.
      is_utf8(line) ? take_line(line) : take_line(replace_invalid_utf8(line));
    }
  }
  return std::nullopt;
}

void EventStreamParser::take_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return take_field(line, {});
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void EventStreamParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value).append(1, '\n');
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry") {
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_digit)) {
      retry_delay_ = delay_of(value);
    }
  }
}

std::optional<StreamEvent> EventStreamParser::end_event() {
  event_bytes_ = 0;
  last_event_id_ = id_;
  StreamEvent event{std::exchange(type_, {}), std::exchange(data_, {})};
  if (event.data.empty()) return std::nullopt;
  event.data.pop_back();
  if (event.type.empty()) event.type = "message";
  return event;
}

}  // namespace async_http_pool
