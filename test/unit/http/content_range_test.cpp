#include "http/content_range.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Span = ContentRange::Span;

struct Row {
  std::string text;
  std::optional<ContentRange> range;
};

ContentRange range(std::optional<Span> span, std::optional<std::uint64_t> length) {
  return {.span = span, .length = length};
}

TEST_CASE("a content-range tells which bytes there are, and of how many") {
  const auto row = GENERATE(values<Row>({
      {"bytes 0-0/1", range(Span{0, 0}, 1)},
      {"bytes 0-99/1000", range(Span{0, 99}, 1000)},
      {"bytes 900-999/1000", range(Span{900, 999}, 1000)},
      {"bytes 5-9/*", range(Span{5, 9}, std::nullopt)},
      {"bytes */1000", range(std::nullopt, 1000)},
      {"bytes */0", range(std::nullopt, 0)},
      {"Bytes 0-1/2", range(Span{0, 1}, 2)},
      {" bytes 0-1/2\t", range(Span{0, 1}, 2)},
      {"bytes 007-8/0010", range(Span{7, 8}, 10)},
      {"bytes 0-18446744073709551614/18446744073709551615",
       range(Span{0, UINT64_MAX - 1}, UINT64_MAX)},
      {"bytes 18446744073709551615-18446744073709551615/*",
       range(Span{UINT64_MAX, UINT64_MAX}, std::nullopt)},
  }));
  CAPTURE(row.text);
  CHECK(parse_content_range(row.text) == row.range);
}

TEST_CASE("a content-range that is none, or whose numbers do not fit, tells nothing") {
  const std::string text = GENERATE(values<std::string>({"",
                                                         " ",
                                                         "bytes",
                                                         "bytes ",
                                                         "bytes /",
                                                         "bytes */*",
                                                         "bytes 0-1",
                                                         "bytes 0-1/",
                                                         "bytes 0-1/x",
                                                         "bytes 0-1/2x",
                                                         "bytes 0-1/2/3",
                                                         "bytes 0-1/ 2",
                                                         "bytes  0-1/2",
                                                         "bytes\t0-1/2",
                                                         "bytes=0-1/2",
                                                         "bytes: 0-1/2",
                                                         "bytes 0 - 1/2",
                                                         "bytes -1/2",
                                                         "bytes 0-/2",
                                                         "bytes 0/2",
                                                         "bytes 0-1-1/2",
                                                         "bytes +0-1/2",
                                                         "bytes -0-1/2",
                                                         "bytes 0x0-1/2",
                                                         "bytes 0.0-1/2",
                                                         "bytes 1-0/2",
                                                         "bytes 0-1/1",
                                                         "bytes 0-2/2",
                                                         "bytes 0-0/0",
                                                         "bytes **/2",
                                                         "bytes */-2",
                                                         "bytes 0-1/2, bytes 0-1/2",
                                                         "bytes 0-1/18446744073709551616",
                                                         "bytes 0-18446744073709551616/*",
                                                         "bytes 18446744073709551616-0/*",
                                                         "items 0-1/2",
                                                         "byte 0-1/2",
                                                         "0-1/2"}));
  CAPTURE(text);
  CHECK_FALSE(parse_content_range(text).has_value());
}

}  // namespace
}  // namespace async_http_pool
