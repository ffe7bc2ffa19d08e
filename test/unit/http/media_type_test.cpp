#include "http/media_type.hpp"

#include <optional>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Kind {
  std::string content_type;
  bool is_text;
  bool is_json;
};

struct Charset {
  std::string content_type;
  std::optional<std::string> charset;
};

TEST_CASE("media types are text, JSON, both or neither", "[media_type]") {
  const auto kind = GENERATE(values<Kind>({{"text/plain", true, false},
                                           {"text/html; charset=utf-8", true, false},
                                           {"TEXT/Plain", true, false},
                                           {"text/json", true, true},
                                           {"application/json", true, true},
                                           {"Application/JSON;charset=utf-8", true, true},
                                           {" application/json ; x=y", true, true},
                                           {"application/vnd.api+json", true, true},
                                           {"application/problem+JSON; a=b", true, true},
                                           {"image/svg+xml", true, false},
                                           {"application/xml", true, false},
                                           {"application/javascript", true, false},
                                           {"application/octet-stream", false, false},
                                           {"application/json-seq", false, false},
                                           {"application/jsonp", false, false},
                                           {"application/x-ndjson", false, false},
                                           {"application/octet-stream; x=text/plain", false, false},
                                           {"application/octet-stream; x=+json", false, false},
                                           {"image/png", false, false},
                                           {"textual/plain", false, false},
                                           {"text", false, false},
                                           {"+json", false, false},
                                           {"", false, false},
                                           {";", false, false}}));
  CAPTURE(kind.content_type);
  REQUIRE(is_text_type(kind.content_type) == kind.is_text);
  REQUIRE(is_json_type(kind.content_type) == kind.is_json);
}

TEST_CASE("the charset parameter is found in all its spellings", "[media_type]") {
  const auto row = GENERATE(values<Charset>({
      {"text/plain", std::nullopt},
      {"", std::nullopt},
      {"text/plain;", std::nullopt},
      {"text/plain; charset", std::nullopt},
      {"text/plain; charset=", std::nullopt},
      {"text/plain; charset=\"\"", std::nullopt},
      {"charset=utf-8", std::nullopt},
      {"text/plain; xcharset=utf-8", std::nullopt},
      {"text/plain; charset=utf-8", "utf-8"},
      {"text/plain;charset=UTF-8", "utf-8"},
      {"text/plain;charset=UTF-8, text/html; charset=latin1", "utf-8"},
      {"text/plain;a=\",\\\",\";charset=UTF-8", "utf-8"},
      {"text/plain; Charset=ISO-8859-1 ", "iso-8859-1"},
      {"text/plain; charset = utf-8", "utf-8"},
      {"text/plain; charset=\"UTF-8\"", "utf-8"},
      {"text/plain; charset=\"ut\\f-8\"; a=b", "utf-8"},
      {"text/plain; charset=\"utf-8", "utf-8"},
      {"text/plain; charset=\"utf-8\\", "utf-8\\"},
      {"multipart/mixed; boundary=x; charset=utf-8", "utf-8"},
      {"multipart/mixed; boundary=\"; charset=no\"; charset=utf-8", "utf-8"},
      {"multipart/mixed; boundary=\"a\\\"; charset=no\"; charset=utf-8", "utf-8"},
      {"text/plain; charset; charset=utf-8", "utf-8"},
      {"text/plain; charset=utf-8; charset=latin1", "utf-8"},
      {"text/plain;;; charset=utf-8;;", "utf-8"},
      {"text/plain; =; charset=utf-8", "utf-8"},
  }));
  CAPTURE(row.content_type);
  REQUIRE(charset_of(row.content_type) == row.charset);
}

TEST_CASE("a media type has two tokens, whatever its parameters") {
  for (const char* type : {"text/plain", " a/b ;", "image/svg+xml; charset=utf-8", "*/*"}) {
    CAPTURE(type);
    CHECK(is_media_type(type));
  }
  for (const char* text : {"", "text", "/", "text/", "/plain", "a/b/c", "a b/c", "a/b c", ";a/b"}) {
    CAPTURE(text);
    CHECK_FALSE(is_media_type(text));
  }
}

TEST_CASE("an event stream is one in all its spellings") {
  for (const char* type : {"text/event-stream", "Text/Event-Stream;charset=utf-8",
                           " text/event-stream ; x", "text/event-stream, text/html"}) {
    CAPTURE(type);
    CHECK(is_event_stream_type(type));
  }
  for (const char* type : {"", "text/event-streams", "text/plain; text/event-stream", "text/event",
                           "application/json", "xtext/event-stream"}) {
    CAPTURE(type);
    CHECK_FALSE(is_event_stream_type(type));
  }
}

}  // namespace
}  // namespace async_http_pool
