#include "http/event_stream_parser.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "fuzz_document.hpp"
#include "http/line_splitter.hpp"

using namespace async_http_pool;

namespace {

/// Cuts a text into pieces of changing sizes.
class Cutter {
 public:
  Cutter(std::string_view text, unsigned seed) : rest_(text), state_(seed) {}

  [[nodiscard]] bool has_more() const noexcept { return !rest_.empty(); }
  /// In memory of its own, so that a look at earlier pieces is found.
  [[nodiscard]] std::string next() {
    state_ = state_ * 1103515245U + 12345U;
    std::string piece(rest_.substr(0, 1 + (state_ >> 16U) % 7));
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
  unsigned state_;
};

struct Outcome {
  std::vector<StreamEvent> events;
  std::string last_event_id;
  std::optional<std::chrono::milliseconds> retry_delay;
  bool is_too_large = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

class Parsing {
 public:
  explicit Parsing(std::size_t bytes_max) : bytes_max_(bytes_max), parser_(bytes_max) {}

  void take(std::string_view piece) {
    while (auto event = parser_.next(piece)) {
      require(!event->type.empty());
      require(is_utf8(event->type) && is_utf8(event->data));
      // What is no UTF-8 becomes three bytes for each byte, at most.
      require(event->type.size() + event->data.size() <= bytes_max_ * 3 + 7);
      outcome_.events.push_back(std::move(*event));
    }
    require(piece.empty());
    const auto delay = parser_.retry_delay();
    require(!delay || (delay->count() >= 0 && *delay <= EventStreamParser::retry_delay_max));
  }
  [[nodiscard]] Outcome outcome() {
    outcome_.last_event_id = parser_.last_event_id();
    outcome_.retry_delay = parser_.retry_delay();
    outcome_.is_too_large = parser_.is_too_large();
    return outcome_;
  }

 private:
  std::size_t bytes_max_;
  EventStreamParser parser_;
  Outcome outcome_;
};

class Splitting {
 public:
  Splitting(LineEnds ends, std::size_t bytes_max) : bytes_max_(bytes_max), splitter_(ends) {}

  void take(std::string_view piece) {
    while (const auto line = splitter_.next(piece, bytes_max_)) add(*line);
    require(piece.empty());
  }
  [[nodiscard]] std::vector<std::string> lines() {
    if (const auto line = splitter_.last()) add(*line);
    if (splitter_.is_too_long()) lines_.emplace_back("too long\n");
    return lines_;
  }

 private:
  void add(std::string_view line) {
    // A CR behind the last line is of it, and not known to be before the end.
    require(line.size() <= bytes_max_ + 1);
    require(line.find('\n') == std::string_view::npos);
    lines_.emplace_back(line);
  }

  std::size_t bytes_max_;
  LineSplitter splitter_;
  std::vector<std::string> lines_;
};

}  // namespace

/// The first byte is a bound and where to cut; the rest, as an event stream and as lines, must read
/// the same at once and in pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream = text_of(data + 1, size - 1);
  const unsigned seed = data[0];
  const std::size_t bytes_max = seed % 2 == 0 ? std::size_t{1} << 20 : seed;

  Parsing whole(bytes_max);
  whole.take(stream);
  Parsing cut(bytes_max);
  for (Cutter cutter(stream, seed); cutter.has_more();) cut.take(cutter.next());
  require(cut.outcome() == whole.outcome());

  for (const LineEnds ends : {LineEnds::line_feed, LineEnds::any}) {
    Splitting all(ends, bytes_max);
    all.take(stream);
    Splitting pieces(ends, bytes_max);
    for (Cutter cutter(stream, seed); cutter.has_more();) pieces.take(cutter.next());
    require(pieces.lines() == all.lines());
  }
  return 0;
}
