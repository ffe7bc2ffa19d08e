#include "http/line_splitter.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Lines = std::vector<std::string>;

struct Outcome {
  Lines lines;
  bool is_too_long = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome split(LineEnds ends, const std::vector<std::string_view>& pieces,
              std::size_t bytes_max = 1000) {
  LineSplitter splitter(ends);
  Outcome outcome;
  for (const std::string_view piece : pieces) {
    const std::string bytes(piece);
    std::string_view input = bytes;
    while (const auto line = splitter.next(input, bytes_max)) outcome.lines.emplace_back(*line);
    REQUIRE(input.empty());
  }
  if (const auto line = splitter.last()) outcome.lines.emplace_back(*line);
  CHECK_FALSE(splitter.last());
  outcome.is_too_long = splitter.is_too_long();
  return outcome;
}

struct Row {
  std::string text;
  Lines by_line_feed;
  Lines by_any;
};

TEST_CASE("lines end as they should, wherever the text is cut") {
  const auto row = GENERATE(values<Row>({
      {"", {}, {}},
      {"a", {"a"}, {"a"}},
      {"a\n", {"a"}, {"a"}},
      {"a\nb", {"a", "b"}, {"a", "b"}},
      {"\n", {""}, {""}},
      {"\n\n", {"", ""}, {"", ""}},
      {"a\r\nb\r\n", {"a", "b"}, {"a", "b"}},
      {"\r\n\r\n", {"", ""}, {"", ""}},
      {"a\rb\rc", {"a\rb\rc"}, {"a", "b", "c"}},
      {"a\r", {"a\r"}, {"a"}},
      {"a\r\r\n", {"a\r"}, {"a", ""}},
      {"a\n\rb", {"a", "\rb"}, {"a", "", "b"}},
      {"\r", {"\r"}, {""}},
      {"\r\r\n\n", {"\r", ""}, {"", "", ""}},
  }));
  CAPTURE(row.text);
  const std::string_view text = row.text;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      CAPTURE(first, second);
      const std::vector<std::string_view> pieces = {
          text.substr(0, first), text.substr(first, second - first), text.substr(second)};
      CHECK(split(LineEnds::line_feed, pieces).lines == row.by_line_feed);
      CHECK(split(LineEnds::any, pieces).lines == row.by_any);
    }
  }
}

TEST_CASE("a line has at most as many bytes as it may, wherever it is cut") {
  const auto ends = GENERATE(LineEnds::line_feed, LineEnds::any);
  struct SizeRow {
    std::string text;
    Lines lines;
    bool is_too_long;
  };
  const auto row = GENERATE(values<SizeRow>({
      {"123\n", {"123"}, false},
      {"123\r\n", {"123"}, false},
      {"123", {"123"}, false},
      {"1234\n", {}, true},
      {"1234\r\n", {}, true},
      {"1234", {}, true},
      {"1\n1234\n2\n", {"1"}, true},
      {"1\r\n123\r\n12\r\n", {"1", "123", "12"}, false},
  }));
  CAPTURE(row.text);
  const std::string_view text = row.text;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      CAPTURE(first, second);
      const Outcome outcome = split(
          ends, {text.substr(0, first), text.substr(first, second - first), text.substr(second)},
          3);
      CHECK(outcome.lines == row.lines);
      CHECK(outcome.is_too_long == row.is_too_long);
    }
  }
}

TEST_CASE("a CR that turns out to be of the line counts for its length") {
  const std::vector<std::string_view> pieces = {"123\r", "4\n"};
  CHECK(split(LineEnds::line_feed, pieces, 3) == Outcome{{}, true});
  CHECK(split(LineEnds::line_feed, pieces, 5) == Outcome{{"123\r4"}, false});
  CHECK(split(LineEnds::any, pieces, 3) == Outcome{{"123", "4"}, false});
}

TEST_CASE("a line in one piece is not copied") {
  LineSplitter splitter(LineEnds::any);
  const std::string text = "one\ntwo\n";
  std::string_view input = text;
  CHECK(splitter.next(input, 3)->data() == text.data());
  CHECK(splitter.next(input, 3)->data() == text.data() + 4);
}

}  // namespace
}  // namespace async_http_pool
