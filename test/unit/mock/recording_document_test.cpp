// The file of a recording: what is written is read again, and what is no recording is refused.
#include "mock/recording_document.hpp"

#include <algorithm>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

RecordedExchanges one(RecordedExchange exchange) {
  return {std::make_shared<const RecordedExchange>(std::move(exchange))};
}

RecordedExchange after_a_round(const RecordedExchange& exchange) {
  const RecordedExchanges read = read_recording(write_recording(one(exchange)));
  REQUIRE(read.size() == 1);
  return *read.front();
}

TEST_CASE("an exchange is read as it was written") {
  RecordedExchange exchange{
      .request = Request::post("http://h/a?x=1").header("x-one", "1").body("some\nbytes").build(),
      .status = 404,
      .headers = {{"content-type", "text/plain"}, {"x-two", "2"}},
      .body = "not here",
      .trailers = {{"x-sum", "3"}}};
  exchange.headers.add("x-many", "1");
  exchange.headers.add("x-many", "2, 3");
  exchange.trailers.add("x-sum", "4");
  exchange.headers.add("set-cookie", "a=1");
  exchange.headers.add("set-cookie", "b=2, c");
  const RecordedExchange read = after_a_round(exchange);
  CHECK(read.request == exchange.request);
  CHECK(read.status == 404);
  CHECK(read.headers == exchange.headers);
  CHECK(read.body == "not here");
  CHECK(read.trailers == exchange.trailers);
}

TEST_CASE("bodies of any bytes survive, under any type") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (const std::string& body :
       {std::string(), bytes, std::string("caf\xe9"), std::string(100'000, 'x'), bytes + bytes}) {
    for (const char* type : {"", "text/plain", "text/plain; charset=utf-8",
                             "text/plain; charset=ISO-8859-1", "application/json", "image/png"}) {
      INFO(type << ", " << body.size() << " bytes");
      RecordedExchange exchange{
          .request = Request::post("http://h/").body(body).build(), .status = 200, .body = body};
      if (*type != '\0') exchange.headers.add("content-type", type);
      const RecordedExchange read = after_a_round(exchange);
      CHECK(read.body == body);
      CHECK(read.request.body().value_or("") == body);
    }
  }
}

TEST_CASE("each exchange has a line of its own, which a reader of changes can follow") {
  RecordedExchanges exchanges;
  for (const char* url : {"http://h/1", "http://h/2"})
    exchanges.push_back(std::make_shared<const RecordedExchange>(
        RecordedExchange{.request = Request::get(url).build(), .status = 200, .body = "a\nb"}));
  const std::string text = write_recording(exchanges);
  CHECK(std::ranges::count(text, '\n') == 4);
  CHECK(text.starts_with(
      "{\"format\":\"async-http-pool recording\",\"version\":1,\"exchanges\":[\n{\"request\":"));
  CHECK(text.ends_with("}\n]}\n"));
  CHECK(read_recording(text).size() == 2);
  CHECK(read_recording(write_recording({})).empty());
}

TEST_CASE("requests are the same to a recording by method, URL and body") {
  const auto get = [](const char* url) { return identity_of(Request::get(url).build()); };
  const auto post = [](const char* body) {
    return identity_of(Request::post("http://h/a").body(body).build());
  };
  CHECK(get("http://h/a") == get("http://h/a#part"));
  CHECK(get("http://h/a") == identity_of(Request::get("http://h/a").header("x", "1").build()));
  CHECK(get("http://h/a") != get("http://h/b"));
  CHECK(get("http://h/a") != get("http://h/a?x=1"));
  CHECK(get("http://h/a") != post(""));
  CHECK(post("a") != post("b"));
  CHECK(post("a") == post("a"));
  const auto file = [](const char* path) {
    return identity_of(Request::post("http://h/a").body_file(path).build());
  };
  CHECK(file("/a") == file("/a"));
  CHECK(file("/a") != file("/b"));
  CHECK(file("/a") != post("/a"));
}

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(read_recording(text));
  } catch (const ParseError& error) {
    return error.what();
  }
  return "(was read)";
}

std::string with_exchange(const std::string& exchange) {
  return R"({"format":"async-http-pool recording","version":1,"exchanges":[)" + exchange + "]}";
}

TEST_CASE("what is no recording is refused, and says where") {
  const std::string request = R"({"http_method":"get","url":"http://h/"})";
  const std::string body = R"({"encoding":"text","value":"x"})";
  const auto with = [&](const std::string& asked, const std::string& answered) {
    return refusal(with_exchange(R"({"request":)" + asked + R"(,"response":)" + answered + '}'));
  };
  REQUIRE(with(request, R"({"status":200,"body":)" + body + '}') == "(was read)");
  CHECK(refusal("").find("JSON") != std::string::npos);
  CHECK(refusal("[]").starts_with("recording: "));
  CHECK(refusal("{}").starts_with("recording.format"));
  CHECK(refusal(R"({"format":"HAR"})").starts_with("recording.format"));
  const std::string format = R"({"format":"async-http-pool recording")";
  CHECK(refusal(format + "}").starts_with("recording.version"));
  CHECK(refusal(format + R"(,"version":2,"exchanges":[]})") ==
        "recording.version: must be 1, got: 2");
  CHECK(refusal(format + R"(,"version":1})").starts_with("recording.exchanges"));
  CHECK(refusal(with_exchange("5")).starts_with("recording.exchanges[0]"));
  CHECK(refusal(with_exchange("{}")).starts_with("recording.exchanges[0].request"));
  CHECK(with(R"({"url":"http://h/"})", "{}")
            .starts_with("recording.exchanges[0].request.http_method"));
  CHECK(with(R"({"http_method":"get","url":"ftp://h/"})", "{}")
            .starts_with("recording.exchanges[0].request.url"));
  CHECK(with(R"({"http_method":"get","url":"http://h/","body":"x"})", "{}")
            .starts_with("recording.exchanges[0].request.body"));
  CHECK(with(request, "null").starts_with("recording.exchanges[0].response"));
  for (const char* status : {"99", "100", "1000", "-1", "null"})
    CHECK(with(request, R"({"status":)" + std::string(status) + R"(,"body":)" + body + '}')
              .starts_with("recording.exchanges[0].response.status"));
  CHECK(with(request, R"({"status":200})").starts_with("recording.exchanges[0].response.body"));
  CHECK(with(request, R"({"status":200,"body":{"encoding":"rot13","value":"x"}})")
            .starts_with("recording.exchanges[0].response.body"));
  CHECK(with(request, R"({"status":200,"headers":{"a b":"1"},"body":)" + body + '}')
            .starts_with("recording.exchanges[0].response.headers"));
}

TEST_CASE("a recording that was cut off anywhere is refused") {
  const std::string text = write_recording(one({.request = Request::get("http://h/").build(),
                                                .status = 200,
                                                .headers = {{"x-one", "1"}},
                                                .body = "body"}));
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    CHECK(refusal(text.substr(0, size)) != "(was read)");
}

}  // namespace
}  // namespace async_http_pool
