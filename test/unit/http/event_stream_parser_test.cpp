#include "http/event_stream_parser.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {

// Found by Catch2 when an expectation fails.
std::ostream& operator<<(std::ostream& out, const StreamEvent& event) {
  return out << event.type << ": " << event.data;
}

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Events = std::vector<StreamEvent>;

constexpr std::size_t plenty = 1U << 20;

/// What became of a stream.
struct Outcome {
  Events events;
  std::string last_event_id;
  std::optional<std::chrono::milliseconds> retry_delay;
  bool is_too_large = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome parse_pieces(const std::vector<std::string_view>& pieces, std::size_t bytes_max = plenty) {
  EventStreamParser parser(bytes_max);
  Outcome outcome;
  for (std::string_view piece : pieces) {
    // In memory of its own: what was read before must not be needed any more.
    const std::string bytes(piece);
    std::string_view input = bytes;
    while (auto event = parser.next(input)) outcome.events.push_back(*event);
    REQUIRE(input.empty());
  }
  outcome.last_event_id = parser.last_event_id();
  outcome.retry_delay = parser.retry_delay();
  outcome.is_too_large = parser.is_too_large();
  return outcome;
}

Outcome parse(std::string_view stream, std::size_t bytes_max = plenty) {
  return parse_pieces({stream}, bytes_max);
}

Events messages(std::initializer_list<std::string> data) {
  Events events;
  for (const std::string& each : data) events.push_back({"message", each});
  return events;
}

struct Row {
  std::string what;
  std::string stream;
  Events events;
};

/// Has some of everything that could go wrong where it is cut.
const std::string tricky =
    "\xEF\xBB\xBF:hello\r\n\r\nid: 1\r\nevent: a\r\ndata: one\r\ndata:\r\ndata: two\r\n\r\n"
    "data: x\r\rdata:\xE2\x82\xAC \xF0\x9F\x98\x80 \xF0\x9F \xFF\n\n\r\nid: 2\ndata\n\n"
    "retry: 1500\nevent: lost\n\nid: \0no\ndata: after\r\n\rdata: \xEF\xBB\xBF\n\ndata: end\n"s;

TEST_CASE("events are what the standard says") {
  const auto row = GENERATE(values<Row>({
      {"the end of a stream", "", {}},
      {"one message", "data: hello\n\n", messages({"hello"})},
      // The examples of section 9.2.6.
      {"YHOO", "data: YHOO\ndata: +2\ndata: 10\n\n", messages({"YHOO\n+2\n10"})},
      {"four blocks",
       ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
       "event\n\n",
       messages({"first event", "second event", " third event"})},
      {"empty data", "data\n\ndata\ndata\n\ndata:\n", messages({"", "\n"})},
      {"optional space", "data:test\n\ndata: test\n\n", messages({"test", "test"})},

      {"a type of its own", "event: add\ndata: 1\n\ndata: 2\n\n", {{"add", "1"}, {"message", "2"}}},
      {"the last type counts", "event: a\nevent: b\ndata: 1\n\n", {{"b", "1"}}},
      {"an empty type is none", "event: a\nevent:\ndata: 1\n\n", messages({"1"})},
      {"an event without data is none, and its type is forgotten", "event: a\nid: 1\n\ndata: 1\n\n",
       messages({"1"})},
      {"many blank lines", "\n\n\ndata: 1\n\n\n\n", messages({"1"})},
      {"an unfinished event is dropped", "data: 1\n\ndata: 2\n", messages({"1"})},
      {"an unfinished line, too", "data: 1\n\ndata: 2", messages({"1"})},

      {"CR LF", "data: 1\r\ndata: 2\r\n\r\n", messages({"1\n2"})},
      {"CR", "data: 1\rdata: 2\r\r", messages({"1\n2"})},
      {"a CR ends its line without a look at what follows", "data: 1\r\r", messages({"1"})},
      {"all mixed", "data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\n\rdata: 5\r\n\n",
       messages({"1\n2\n3", "4", "5"})},
      {"LF CR are two ends", "data: 1\n\rdata: 2\n\r", messages({"1", "2"})},

      {"comments", ":\n: data: 0\ndata: 1\n:data: 2\n\n", messages({"1"})},
      {"unknown fields", "dat: 0\ndata : 0\n data: 0\ndatax: 0\nData: 0\nDATA:0\ndata: 1\n\n",
       messages({"1"})},
      {"one space is removed, no tab", "data:  1\ndata:\t2\ndata:3 \n\n",
       messages({" 1\n\t2\n3 "})},
      {"colons in values", "data::\ndata: a: b\n\n", messages({":\na: b"})},
      {"NUL in data is data", "data: a\0b\n\n"s, messages({"a\0b"s})},

      {"a byte order mark",
       "\xEF\xBB\xBF"
       "data: 1\n\n",
       messages({"1"})},
      {"a byte order mark alone on its line", "\xEF\xBB\xBF\ndata: 1\n\n", messages({"1"})},
      {"only one is removed",
       "\xEF\xBB\xBF\xEF\xBB\xBF"
       "data: 1\n\ndata: 2\n\n",
       messages({"2"})},
      {"and only at the start",
       "\n\xEF\xBB\xBF"
       "data: 1\n\ndata: 2\n\n",
       messages({"2"})},
      {"half of one is no mark",
       "\xEF\xBB"
       "data: 1\n\ndata: 2\n\n",
       messages({"2"})},

      {"UTF-8", "event: \xC3\xA4\ndata: \xE2\x82\xAC\n\n", {{"\xC3\xA4", "\xE2\x82\xAC"}}},
      {"what is no UTF-8 is replaced", "data: \xFF\xE2\x82\ndata: \xC0\xAF\n\n",
       messages({"\xEF\xBF\xBD\xEF\xBF\xBD\n\xEF\xBF\xBD\xEF\xBF\xBD"})},
  }));
  CAPTURE(row.what);
  CHECK(parse(row.stream).events == row.events);
}

TEST_CASE("the last event id is that of the last event that is complete") {
  struct IdRow {
    std::string stream;
    std::string id;
  };
  const auto row = GENERATE(values<IdRow>({{"", ""},
                                           {"data: 1\n\n", ""},
                                           {"id: 7\ndata: 1\n\n", "7"},
                                           {"id: 7\ndata: 1\n", ""},
                                           {"id: 7\ndata: 1\n\nid: 8\ndata: 2\n", "7"},
                                           {"id: 7\ndata: 1\n\ndata: 2\n\n", "7"},
                                           {"id: 7\n\n", "7"},
                                           {"id: 7\n\nid\n\n", ""},
                                           {"id: 7\n\nid:\n\n", ""},
                                           {"id: 7\nid: 8\n\n", "8"},
                                           {"id: 7\n\nid: 8\0\n\n"s, "7"},
                                           {"id: 7\n\nid: \0\n\n"s, "7"},
                                           {"ID: 7\n\n", ""},
                                           {"id:  7 \n\n", " 7 "},
                                           {"id: \xFF\n\n", "\xEF\xBF\xBD"}}));
  CAPTURE(row.stream);
  CHECK(parse(row.stream).last_event_id == row.id);
}

TEST_CASE("the time to wait before connecting again is digits only, and at most a year") {
  struct RetryRow {
    std::string stream;
    std::optional<std::chrono::milliseconds> delay;
  };
  const auto row = GENERATE(values<RetryRow>({{"", std::nullopt},
                                              {"retry: 1500\n", 1500ms},
                                              {"retry:0\n", 0ms},
                                              {"retry: 007\n", 7ms},
                                              {"retry: 1\nretry: 2\n\n", 2ms},
                                              {"retry: 1500", std::nullopt},
                                              {"retry\n", std::nullopt},
                                              {"retry:\n", std::nullopt},
                                              {"retry: 1\nretry:\n", 1ms},
                                              {"retry: -1\n", std::nullopt},
                                              {"retry: +1\n", std::nullopt},
                                              {"retry: 1.5\n", std::nullopt},
                                              {"retry: 1s\n", std::nullopt},
                                              {"retry:  1\n", std::nullopt},
                                              {"retry: 1 \n", std::nullopt},
                                              {"retry: 0x10\n", std::nullopt},
                                              {"retry: 31536000000\n", 8760h},
                                              {"retry: 31536000001\n", 8760h},
                                              {"retry: 9223372036854775808\n", 8760h},
                                              {"retry: " + std::string(5000, '9') + "\n", 8760h}}));
  CAPTURE(row.stream);
  CHECK(parse(row.stream).retry_delay == row.delay);
}

TEST_CASE("a stream gives the same events wherever its pieces are cut") {
  const Outcome whole = parse(tricky);
  REQUIRE(whole.events ==
          Events{{"a", "one\n\ntwo"},
                 {"message", "x"},
                 {"message", "\xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBF\xBD"},
                 {"message", ""},
                 {"message", "after"},
                 {"message", "\xEF\xBB\xBF"}});
  REQUIRE(whole.last_event_id == "2");
  REQUIRE(whole.retry_delay == 1500ms);
  const std::string_view stream = tricky;
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      const Outcome cut = parse_pieces(
          {stream.substr(0, first), stream.substr(first, second - first), stream.substr(second)});
      if (!(cut == whole)) {
        CAPTURE(first, second);
        REQUIRE(cut.events == whole.events);
        FAIL("another id, delay or size");
      }
    }
  }
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(stream.substr(i, 1));
  CHECK(parse_pieces(bytes) == whole);
}

TEST_CASE("an event is there as soon as its last byte is") {
  EventStreamParser parser(plenty);
  const std::string stream = "id: 1\r\ndata: a\r\n\r";
  for (std::size_t i = 0; i + 1 < stream.size(); ++i) {
    std::string_view input = std::string_view(stream).substr(i, 1);
    REQUIRE_FALSE(parser.next(input));
    REQUIRE(parser.last_event_id().empty());
  }
  std::string_view input = "\r";
  CHECK(parser.next(input) == StreamEvent{"message", "a"});
  CHECK(parser.last_event_id() == "1");
}

TEST_CASE("what is behind an event stays in the input until it is asked for") {
  EventStreamParser parser(plenty);
  std::string_view input = "data: 1\n\nid: 2\ndata: 2\n\ndata: 3";
  CHECK(parser.next(input)->data == "1");
  CHECK(input == "id: 2\ndata: 2\n\ndata: 3");
  CHECK(parser.last_event_id().empty());
  CHECK(parser.next(input)->data == "2");
  CHECK(input == "data: 3");
  CHECK_FALSE(parser.next(input));
  CHECK(input.empty());
}

TEST_CASE("an event has at most as many bytes as it may") {
  struct SizeRow {
    std::string stream;
    std::size_t bytes;  // that are enough, and no fewer
  };
  const auto row = GENERATE(values<SizeRow>({
      {"data: 12\n\n", 8},
      {"data: 12\r\n\r\n", 8},
      {"data: 12", 8},
      {"data: 1\ndata: 2\n\n", 14},
      {"data: 12\n\ndata: 1\n\n", 8},
      {"id: 1\nevent: a\nx: y\ndata: 1\n\n", 5 + 8 + 4 + 7},
      {":12345\n\n", 6},
      {":12345\n:1234567\ndata: 1\n\n", 8},
      {"data: 1\n:1234567\n\n", 15},
      {"\xEF\xBB\xBF"
       "data: 12\n\n",
       11},
  }));
  CAPTURE(row.stream, row.bytes);
  CHECK_FALSE(parse(row.stream, row.bytes).is_too_large);
  CHECK(parse(row.stream, row.bytes) == parse(row.stream));
  CHECK(parse(row.stream, row.bytes - 1).is_too_large);
}

TEST_CASE("a stream of comments may go on for ever") {
  EventStreamParser parser(10);
  for (int i = 0; i < 1000; ++i) {
    std::string_view input = ":12345678\n";
    REQUIRE_FALSE(parser.next(input));
  }
  CHECK_FALSE(parser.is_too_large());
}

TEST_CASE("an event that is too large ends its stream, behind those before it") {
  EventStreamParser parser(9);
  std::string_view input = "data: 1\n\ndata: 12\ndata: 3\n\ndata: 4\n\n";
  CHECK(parser.next(input)->data == "1");
  CHECK_FALSE(parser.is_too_large());
  CHECK_FALSE(parser.next(input));
  CHECK(parser.is_too_large());
  CHECK(input.empty());
  input = "\n\ndata: 5\n\n";
  CHECK_FALSE(parser.next(input));
  CHECK(parser.is_too_large());
}

/// The standard once more, by the most obvious means: all at once.
Events read_plainly(std::string stream) {
  const auto replace_all = [&stream](std::string_view old, std::string_view with) {
    for (std::size_t at = 0; (at = stream.find(old, at)) != std::string::npos; at += with.size()) {
      stream.replace(at, old.size(), with);
    }
  };
  replace_all("\r\n", "\n");
  replace_all("\r", "\n");
  Events events;
  StreamEvent event;
  for (std::size_t end = 0; (end = stream.find('\n')) != std::string::npos;
       stream.erase(0, end + 1)) {
    const std::string line = stream.substr(0, end);
    if (line.empty()) {
      if (!event.data.empty()) {
        event.data.pop_back();
        if (event.type.empty()) event.type = "message";
        events.push_back(event);
      }
      event = {};
    } else if (line == "data" || line.starts_with("data:")) {
      const std::string value = line == "data" ? "" : line.substr(5);
      event.data += (value.starts_with(' ') ? value.substr(1) : value) + "\n";
    } else if (line == "event" || line.starts_with("event:")) {
      const std::string value = line == "event" ? "" : line.substr(6);
      event.type = value.starts_with(' ') ? value.substr(1) : value;
    }
  }
  return events;
}

TEST_CASE("streams of all kinds, cut anywhere, are read as the plain reading has it") {
  const std::vector<std::string_view> words = {"data", "event", "id", "retry", ":", ":", " ",
                                               "\n",   "\n",    "\r", "\r\n",  "x", "7"};
  std::mt19937 random(20240607);
  const auto below = [&random](std::size_t end) { return random() % end; };
  for (int round = 0; round < 5000; ++round) {
    std::string stream;
    for (std::size_t i = below(60); i > 0; --i) stream += words[below(words.size())];
    std::vector<std::string_view> pieces;
    for (std::string_view rest = stream; !rest.empty(); rest.remove_prefix(pieces.back().size())) {
      pieces.push_back(rest.substr(0, below(5)));
    }
    const Events events = parse_pieces(pieces).events;
    if (events != read_plainly(stream)) {
      CAPTURE(stream);
      REQUIRE(events == read_plainly(stream));
    }
  }
}

}  // namespace
}  // namespace async_http_pool
