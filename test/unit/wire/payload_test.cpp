#include "wire/payload.hpp"

#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <async_http_pool/exceptions.hpp>
#include "base/base64_decode.hpp"
#include "base/inflate.hpp"
#include "support/catch.hpp"
#include "support/encoding.hpp"
#include "wire/payload_reader.hpp"

namespace async_http_pool {
namespace {

std::string noise(std::size_t bytes) {
  std::mt19937 random(5);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::optional<std::string> read(const Value& payload, std::string_view content_type = {},
                                std::size_t bytes_max = 1'000'000) {
  return decode_payload(ObjectReader(payload, {"body", 9}), content_type, bytes_max);
}

std::string decoded(std::string_view bytes, std::string_view content_type) {
  JsonWriter writer;
  write_payload(writer, bytes, content_type);
  return read(Value::from_json(writer.take()), content_type).value();
}

Value body(std::string_view encoding, std::string_view value) {
  return Value::object({{"encoding", encoding}, {"value", value}, {"charset", "UTF-8"}});
}

}  // namespace

TEST_CASE("A body takes the form that fits its type, charset and bytes") {
  struct Case {
    std::string bytes, content_type, encoding, charset;
  };
  const std::string latin1 = "\xe9t\xe9";
  const std::string long_latin1(5000, '\xe9');
  const std::vector<Case> cases = {
      {"", "text/plain", "text", "UTF-8"},
      {"", "image/png", "binary", "ASCII-8BIT"},
      {"", "", "binary", "ASCII-8BIT"},
      {"hello", "", "binary", "ASCII-8BIT"},
      {"{}", "application/json", "text", "UTF-8"},
      {"{}", "Application/Vnd.API+JSON", "text", "UTF-8"},
      {"é", "text/plain", "text", "UTF-8"},
      {"é", "text/plain; charset=UTF-8", "text", "UTF-8"},
      {"é", "text/plain; charset=\"utf-8\"", "text", "UTF-8"},
      {"é", "text/plain; charset=us-ascii", "text", "UTF-8"},
      {"é", "text/plain; charset=ISO-8859-1", "binary", "ISO-8859-1"},
      {"ascii", "text/plain; charset=Shift_JIS", "text", "UTF-8"},
      {"ascii", "text/plain; charset=bogus", "text", "UTF-8"},
      // ASCII that the original's reader would take for something else.
      {"ascii", "text/plain; charset=utf-16le", "binary", "UTF-16LE"},
      {"ascii", "text/plain; charset=UTF-32", "binary", "UTF-32"},
      {"\x1b$BF|", "text/plain; charset=ISO-2022-JP", "binary", "ISO-2022-JP"},
      {"ascii", "text/plain; charset=\"utf-16le\"", "text", "UTF-8"},
      {"é", "text/plain; charset=bogus", "binary", "ASCII-8BIT"},
      {"é", "text/plain; charset=latin1", "binary", "ASCII-8BIT"},
      {"é", "text/plain; x=charset=latin1; charset=utf-8", "binary", "ASCII-8BIT"},
      {std::string(5000, 'a') + "é", "text/plain; x=charset=latin1; charset=utf-8", "gzipped",
       "ASCII-8BIT"},
      {latin1, "text/html", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=utf-8", "binary", "UTF-8"},
      {latin1, "text/html; charset=windows-1252", "binary", "WINDOWS-1252"},
      {latin1, "text/html; charset=windows-12520", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=iso-8859-12", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=iso-8859-", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=\"iso-8859-1 2\"", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=bogus", "binary", "ASCII-8BIT"},
      {latin1, "text/html; charset=\"x\xff\"", "binary", "ASCII-8BIT"},
      {long_latin1, "text/html; charset=iso-8859-15", "gzipped", "ISO-8859-15"},
      {long_latin1, "text/html", "gzipped", "ASCII-8BIT"},
      {long_latin1, "image/png", "binary", "ASCII-8BIT"},
      {std::string(4095, 'a'), "text/plain", "text", "UTF-8"},
      {std::string(4096, 'a'), "text/plain", "gzipped", "UTF-8"},
      {noise(8192), "text/plain", "binary", "ASCII-8BIT"},
      {std::string("a\0b", 3), "text/plain", "text", "UTF-8"},
      {"\xe2\x82", "text/plain; charset=utf-8", "binary", "UTF-8"}};
  for (const Case& c : cases) {
    INFO(c.content_type << " " << c.bytes.size());
    const Payload payload = encode_payload(c.bytes, c.content_type);
    CHECK(payload.encoding == c.encoding);
    CHECK(payload.charset == c.charset);
    CHECK(decoded(c.bytes, c.content_type) == c.bytes);
  }
}

TEST_CASE("Any bytes survive in any form") {
  for (std::size_t size : {1U, 2U, 3U, 4U, 255U, 4095U, 4096U, 70000U}) {
    const std::string bytes = noise(size);
    for (const char* type :
         {"", "text/plain", "text/plain; charset=utf-8", "image/png", "application/json"}) {
      if (decoded(bytes, type) != bytes) FAIL(size << " bytes as " << type);
    }
  }
}

TEST_CASE("Bodies of other writers are read") {
  CHECK(read(body("text", "é")) == "é");
  CHECK(read(body("binary", "aGVs\r\nbG8=\n")) == "hello");
  CHECK(read(body("gzipped", test::base64(test::gzip("hello")))) == "hello");
  CHECK(read(body("gzipped", "eJztwQENAAAAwqCs71/CHg4oAAAA4N0A78sQWw==")) ==
        std::string(4096, 'a'));
  CHECK(read(Value::object({{"encoding", "binary"}, {"value", nullptr}})) == std::nullopt);
}

TEST_CASE("A body that its writer converted to UTF-8 is converted back") {
  struct Case {
    std::string text, content_type, bytes;
  };
  const std::string shift_jis = "\x93\xfa\x96\x7b";
  const std::vector<Case> cases = {
      {"été", "text/html; charset=ISO-8859-1", "\xe9t\xe9"},
      {"€", "text/html; charset=windows-1252", "\x80"},
      {"日本", "text/html;charset=Shift_JIS", shift_jis},
      {"日本", "application/json; charset=x-sjis", shift_jis},
      {"hi", "text/plain; charset=UTF-16LE", std::string("h\0i\0", 4)},
      {"hi", "text/plain; charset=utf-16", std::string("\xff\xfeh\0i\0", 6)},
      {"日", "text/plain; charset=iso-2022-jp", "\x1b$BF|\x1b(B"},
      {"日", "text/plain; charset=big5", "\xa4\xe9"},
      {"／", "text/plain; charset=big5", "\xa1\xfe"},
      {"‧ˍ", "text/plain; charset=cn-big5", "\xa1\x45\xa1\xc5"},
      {"㐵", "text/plain; charset=big5", "\x92\x77"},
      // Not in that charset, so it cannot have come from there.
      {"日本", "text/html; charset=ISO-8859-1", "日本"},
      {"é", "text/html; charset=bogus", "é"},
      {"é", "text/html; charset=us-ascii", "é"},
      {"é", "text/html; charset=utf-8", "é"},
      {"é", "text/html", "é"},
      // The original sees no charset here and converts nothing.
      {"é", "text/html; charset=\"iso-8859-1\"", "é"},
      {"é", "text/html; Charset=iso-8859-1", "é"},
      {"é", "Text/html; charset=iso-8859-1", "é"},
      {"é", "image/svg+xml; charset=iso-8859-1", "é"}};
  for (const Case& c : cases) {
    INFO(c.content_type);
    CHECK(read(body("text", c.text), c.content_type) == c.bytes);
    CHECK(read(body("gzipped", test::base64(test::gzip(c.text))), c.content_type) == c.bytes);
    CHECK(read(body("binary", test::base64(c.text)), c.content_type) == c.text);
    CHECK(read(Value::object({{"encoding", "text"}, {"value", c.text}, {"charset", "ASCII-8BIT"}}),
               c.content_type) == c.text);
  }
}

TEST_CASE("The decoded length of a body is bounded in every form") {
  const std::string bytes(100, 'a');
  for (const Value& payload : {body("text", bytes), body("binary", test::base64(bytes)),
                               body("gzipped", test::base64(test::gzip(bytes)))}) {
    CHECK(read(payload, {}, 100) == bytes);
    CHECK_THROWS_AS(read(payload, {}, 99), ParseError);
    CHECK_THROWS_AS(read(payload, {}, 0), ParseError);
  }
  CHECK_THROWS_AS(read(body("text", bytes), "text/plain; charset=utf-16", 200), ParseError);
  CHECK(read(body("gzipped", test::base64(test::gzip(bytes))), {}, ~std::size_t{0}) == bytes);
}

TEST_CASE("Bodies that are none are refused") {
  for (const Value& value : {Value::object(),
                             Value::object({{"value", "x"}}),
                             Value::object({{"encoding", "text"}}),
                             Value::object({{"encoding", "text"}, {"value", 1}}),
                             Value::object({{"encoding", 1}, {"value", "x"}}),
                             body("", "x"),
                             body("base64", "x"),
                             body("binary", "a"),
                             body("binary", "aGVsbG8"),
                             body("binary", "aGVsbG8=="),
                             body("binary", "aGV=bG8="),
                             body("binary", "===="),
                             body("binary", "aGVsbG9="),
                             body("binary", "aGVs bG8="),
                             body("binary", "aGVs_G8="),
                             body("gzipped", ""),
                             body("gzipped", "AAAA"),
                             body("gzipped", test::base64(test::gzip("hello").substr(0, 10))),
                             body("gzipped", test::base64(test::gzip("hello") + "x")),
                             Value("text"),
                             Value()}) {
    INFO(value.to_json());
    CHECK_THROWS_AS(read(value), ParseError);
  }
}

TEST_CASE("Inflating stops at its bound") {
  const std::string bomb = test::gzip(std::string(5'000'000, 'a'));
  CHECK(inflate_bytes(bomb, 5'000'000).size() == 5'000'000);
  CHECK_THROWS_AS(inflate_bytes(bomb, 4'999'999), std::invalid_argument);
  CHECK_THROWS_AS(inflate_bytes(bomb, 0), std::invalid_argument);
  CHECK(inflate_bytes(test::gzip(""), 0).empty());
}

TEST_CASE("No beginning of a deflated stream is taken for a whole one") {
  const std::string stream = test::gzip("hello hello hello hello");
  for (std::size_t length = 0; length < stream.size(); ++length) {
    INFO(length);
    CHECK_THROWS_AS(inflate_bytes(stream.substr(0, length), 1000), std::invalid_argument);
  }
}

TEST_CASE("Base64 is read as RFC 4648 writes it") {
  CHECK(decode_base64("").empty());
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("Zm9vYmE=") == "fooba");
  CHECK(decode_base64("+/+/") == "\xfb\xff\xbf");
}

}  // namespace async_http_pool
