#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/line_splitter.hpp"

namespace async_http_pool {

/// An event that its stream has ended with a blank line.
struct StreamEvent {
  std::string type;  ///< "message" when the stream did not say
  std::string data;

  friend bool operator==(const StreamEvent&, const StreamEvent&) = default;
};

/// Reads text/event-stream (WHATWG HTML, section 9.2.6) while it arrives, wherever its pieces are
/// cut. What is no UTF-8 becomes U+FFFD. A value.
class EventStreamParser {
 public:
  /// `event_bytes_max` counts the lines of an event that are no comments, without their ends, and
  /// the line that is being read, whatever it turns out to be.
  explicit EventStreamParser(std::size_t event_bytes_max) noexcept
      : event_bytes_max_(event_bytes_max) {}

  /// The next event; it and what was before it are taken off `input`. None when `input` ended
  /// before the event did: all of it was taken then and is remembered. Also none, and
  /// `is_too_large` from then on, when the event is beyond its bound.
  [[nodiscard]] std::optional<StreamEvent> next(std::string_view& input);
  [[nodiscard]] bool is_too_large() const noexcept { return lines_.is_too_long(); }

  /// Of the events that are complete: the id of one that is still coming may not be sent back.
  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_event_id_; }
  /// At most `retry_delay_max`.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_delay() const noexcept {
    return retry_delay_;
  }
  /// So that a time with it added is still one.
  static constexpr std::chrono::milliseconds retry_delay_max = std::chrono::hours(24 * 365);

 private:
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  [[nodiscard]] std::optional<StreamEvent> end_event();

  std::size_t event_bytes_max_;
  LineSplitter lines_{LineEnds::any};
  bool is_at_start_ = true;
  std::size_t event_bytes_ = 0;
  std::string data_;  // each line with a line feed behind it
  std::string type_;
  std::string id_;  // becomes last_event_id_ with the end of its event
  std::string last_event_id_;
  std::optional<std::chrono::milliseconds> retry_delay_;
};

}  // namespace async_http_pool
