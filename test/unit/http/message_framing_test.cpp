#include "http/message_framing.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Values = std::vector<std::string_view>;

MessageFraming framing_by(const Values& lengths, const Values& codings = {}) {
  Headers headers;
  for (const std::string_view coding : codings) headers.add("Transfer-Encoding", coding);
  for (const std::string_view length : lengths) headers.add("Content-Length", length);
  return framing_of(headers);
}

TEST_CASE("a length is announced once, or several times the same", "[framing]") {
  CHECK_FALSE(framing_by({}).length);
  CHECK_FALSE(framing_by({}).is_coded);
  struct Row {
    Values values;
    std::size_t length;
  };
  const Row rows[] = {{{"0"}, 0},
                      {{"42"}, 42},
                      {{"0042"}, 42},
                      {{"42", "42"}, 42},
                      {{"42, 42"}, 42},
                      {{"42,\t42 , 042"}, 42},
                      {{"18446744073709551615"}, SIZE_MAX},
                      {{"18446744073709551616"}, SIZE_MAX},
                      {{"99999999999999999999999999"}, SIZE_MAX}};
  for (const Row& row : rows) {
    INFO(row.values.front());
    const MessageFraming framing = framing_by(row.values);
    CHECK(framing.fault.empty());
    CHECK(framing.length == row.length);
    CHECK_FALSE(framing.is_ambiguous);
  }
}

TEST_CASE("a length that is none, or two that differ, are a fault", "[framing]") {
  for (const Values& values :
       {Values{""}, Values{"abc"}, Values{"-1"}, Values{"+5"}, Values{"0x10"}, Values{"1.0"},
        Values{"1 1"}, Values{"1e3"}, Values{"5,"}, Values{",5"}, Values{"5;5"}, Values{"\xb2"}}) {
    INFO(values.front());
    CHECK(framing_by(values).fault == "content-length is no number");
  }
  CHECK(framing_by({"1", "2"}).fault == "content-lengths differ");
  CHECK(framing_by({"1, 2"}).fault == "content-lengths differ");
  CHECK(framing_by({"1", "1, 2"}).fault == "content-lengths differ");
  CHECK(framing_by({"x", "1"}).fault == "content-length is no number");
}

TEST_CASE("chunked is the only transfer coding, once", "[framing]") {
  for (const Values& codings :
       {Values{"chunked"}, Values{"CHUNKED"}, Values{" chunked "}, Values{"identity"},
        Values{"identity, chunked"}, Values{"chunked,"}, Values{"identity", "chunked"}}) {
    INFO(codings.front());
    const MessageFraming framing = framing_by({}, codings);
    CHECK(framing.is_coded);
    CHECK(framing.fault.empty());
  }
  for (const Values& codings :
       {Values{"gzip"}, Values{"gzip, chunked"}, Values{"chunked, gzip"},
        Values{"chunked, chunked"}, Values{"chunked", "chunked"}, Values{"gzip", "chunked"},
        Values{"xchunked"}, Values{"chunked;q=1"}, Values{"chunked x"},
        Values{"\x0b"
               "chunked"}}) {
    INFO(codings.front());
    CHECK(framing_by({}, codings).fault == "transfer-encoding is not just chunked");
  }
}

TEST_CASE("with a coding a length does not count, but there are two ways to see it", "[framing]") {
  const MessageFraming framing = framing_by({"5"}, {"chunked"});
  CHECK(framing.is_coded);
  CHECK(framing.is_ambiguous);
  CHECK(framing.fault.empty());
  CHECK(framing_by({"1", "x"}, {"chunked"}).fault.empty());
  CHECK_FALSE(framing_by({}, {"chunked"}).is_ambiguous);
}

}  // namespace
}  // namespace async_http_pool
