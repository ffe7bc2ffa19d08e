// Behaviours that Isahc's tests assert of its responses as streams; the whole list is in
// README.md.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/gate.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/task.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace async_http_pool::test {
namespace {

using examples::sync_wait;
using examples::Task;

Client make_client() { return Client(without_retries()); }

Task<std::string> read_all(BodyReader& body) {
  std::string text;
  std::array<char, 100> buffer{};
  for (;;) {
    const std::size_t size = co_await body.read_async(buffer);
    if (size == 0) co_return text;
    text.append(buffer.data(), size);
  }
}

Task<std::string> fetch(Client client, std::string url) {
  StreamingResponse response = co_await client.send(Request::get(url).build());
  co_return co_await read_all(response.body());
}

std::string with_trailer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: foo\r\n\r\n5\r\n" + body +
         "\r\n0\r\nfoo: bar\r\n\r\n";
}

}  // namespace

TEST_CASE("isahc: deserialize_json_async, and deserialize_json_async_io_error") {
  ScriptedServer server({expect_request(), send(response(200, R"({"id":7})")), expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":"), close()});
  const Client client = make_client();
  CHECK(Value::from_json(sync_wait(fetch(client, server.url())))["id"] == Value(7));
  // The error of the transfer, and not one of JSON that ends early.
  CHECK_THROWS_AS(sync_wait(fetch(client, server.url())), RequestError);
}

TEST_CASE("isahc: deserialize_json of a stream; a transfer that fails is no error of JSON") {
  ScriptedServer server({expect_request(), send(response(200, R"({"id":7})")), expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":7}"),
                         close()});
  const Client client = make_client();
  CHECK(client.send(Request::get(server.url()).build()).get().body().json()["id"] == Value(7));
  StreamingResponse broken = client.send(Request::get(server.url()).build()).get();
  CHECK_THROWS_AS(broken.body().json(), RequestError);
}

TEST_CASE("isahc: response_body_with_content_length_knows_its_size, and chunked does not") {
  ScriptedServer server({expect_request(), send(response(200, "hello world")), expect_request(),
                         send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                              "b\r\nhello world\r\n0\r\n\r\n")});
  const Client client = make_client();
  StreamingResponse known = client.send(Request::get(server.url()).build()).get();
  CHECK(known.body().size() == 11U);
  CHECK(known.body().text() == "hello world");
  CHECK(known.body().position() == 11);
  StreamingResponse chunked = client.send(Request::get(server.url()).build()).get();
  CHECK(chunked.body().size() == std::nullopt);
  CHECK(chunked.body().text() == "hello world");
}

TEST_CASE("isahc: gzip_encoded_response of a stream is decoded, and of unknown size") {
  DynamicServer server;
  const Client client = make_client();
  StreamingResponse decoded = client.send(Request::get(server.url("/gzip")).build()).get();
  CHECK(decoded.body().size() == std::nullopt);
  CHECK(decoded.body().bytes().size() == 5000);
  const Request raw = get_with(server.url("/gzip"), RequestConfig().set_decompression(false));
  StreamingResponse coded = client.send(raw).get();
  const std::optional<std::uint64_t> size = coded.body().size();
  CHECK(coded.body().bytes().size() == size);
  CHECK(size < 5000U);
}

TEST_CASE("isahc: dropping_client_does_not_abort_response_transfer") {
  Gate dropped;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello"),
                         wait_for(dropped), send(" world")});
  std::optional<StreamingResponse> response;
  {
    const Client client = make_client();
    response = client.send(Request::get(server.url()).build()).get();
  }
  dropped.open();
  CHECK(response->body().text() == "hello world");
}

TEST_CASE("isahc: reading_from_response_body_after_eof_continues_to_return_eof") {
  ScriptedServer server({expect_request(), send(response(200, "hello")), expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello"), close()});
  const Client client = make_client();
  std::array<char, 100> buffer{};
  StreamingResponse good = client.send(Request::get(server.url()).build()).get();
  CHECK(good.body().text() == "hello");
  for (int i = 0; i < 3; ++i) {
    CHECK(good.body().read(buffer) == 0);
    CHECK(good.body().read_for(buffer, 0ms) == 0U);
    CHECK(good.body().bytes().empty());
  }
  // And an error stays that error.
  StreamingResponse bad = client.send(Request::get(server.url()).build()).get();
  CHECK_THROWS_AS(bad.body().text(), RequestError);
  for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(bad.body().read(buffer), RequestError);
}

TEST_CASE("isahc: consume_unread_response_body; the connection can be used again") {
  DynamicServer server;
  const Client client = make_client();
  StreamingResponse response =
      client.send(Request::get(server.url("/bytes/1000000")).build()).get();
  CHECK(response.body().discard() == 1'000'000);
  CHECK(response.body().discard() == 0);
  CHECK(client.get(server.url("/status/200")).status() == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("isahc: consume_unread_response_body_async") {
  DynamicServer server;
  const Client client = make_client();
  CHECK(sync_wait(fetch(client, server.url("/bytes/1000000"))) == std::string(1'000'000, 'x'));
  CHECK(client.get(server.url("/status/200")).status() == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("isahc: trailer_headers are there when the body has been read, for another thread, too") {
  ScriptedServer server({expect_request(), send(with_trailer("hello"))});
  const Client client = make_client();
  StreamingResponse response = client.send(Request::get(server.url()).build()).get();
  std::thread reader([&] { CHECK(response.body().text() == "hello"); });
  reader.join();
  REQUIRE(response.trailers().has_value());
  CHECK(response.trailers()->get("foo") == "bar");
  CHECK_FALSE(response.headers().contains("foo"));
}

TEST_CASE("isahc: trailer_headers_async") {
  ScriptedServer server({expect_request(), send(with_trailer("hello")), again()});
  const Client client = make_client();
  const auto trailer_of = [](Client sender, std::string url) -> Task<std::string> {
    StreamingResponse response = co_await sender.send(Request::get(url).build());
    static_cast<void>(co_await read_all(response.body()));
    co_return std::string(response.trailers()->get("foo").value_or("none"));
  };
  CHECK(sync_wait(trailer_of(client, server.url())) == "bar");
}

TEST_CASE("isahc: trailer_headers_timeout; of a body that nobody reads there are none") {
  Gate looked;
  ScriptedServer server(
      {expect_request(),
       send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
       wait_for(looked), send("0\r\nfoo: bar\r\n\r\n")});
  const Client client = make_client();
  StreamingResponse response = client.send(Request::get(server.url()).build()).get();
  CHECK_FALSE(response.trailers().has_value());
  looked.open();
  CHECK(response.body().discard() == 5);
  CHECK(response.trailers()->get("foo") == "bar");
}

TEST_CASE("isahc: enabling_metrics_causes_metrics_to_be_collected; they can be read on the way") {
  Gate looked;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello"),
                         wait_for(looked), send(" world")});
  const Client client = make_client();
  const Request request = Request::post(server.url()).body("hello server").build();
  StreamingResponse response = client.send(request).get();
  const Metrics before = response.metrics();
  CHECK(before.bytes_sent == 12);
  CHECK(before.bytes_received < 11);
  CHECK(before.attempts == 1);
  CHECK(before.remote_address.port == server.port());
  CHECK(before.protocol == ProtocolVersion::http1_1);
  looked.open();
  CHECK(response.body().text() == "hello world");
  const Metrics after = response.metrics();
  CHECK(after.bytes_sent == 12);
  CHECK(after.bytes_received == 11);
  CHECK(after.total.count() > 0);
  CHECK(after.total >= before.total);
}

TEST_CASE("isahc: timeout_during_response_body_produces_error, not an end") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello")});
  const Client client = make_client();
  const auto read_with = [&](const RequestConfig& config) {
    StreamingResponse response = client.send(get_with(server.url(), config)).get();
    std::array<char, 100> buffer{};
    CHECK(response.body().read(buffer) == 5);
    try {
      static_cast<void>(response.body().read(buffer));
    } catch (const RequestError& error) {
      CHECK(error.error_type() == ErrorType::timeout);
      return std::string(to_string(error.code()));
    }
    return std::string("end");
  };
  CHECK(read_with(RequestConfig().set_stream_timeout(200ms)) == "request_timeout");
  CHECK(read_with(RequestConfig().set_idle_timeout(200ms)) == "idle_timeout");
}

TEST_CASE("isahc: simple_response_body, response_body_bytes, copy_to and their like") {
  DynamicServer server;
  const Client client = make_client();
  const auto stream = [&] {
    return client.send(Request::get(server.url("/bytes/13000")).build()).get();
  };
  const std::string expected(13'000, 'x');
  CHECK(stream().body().bytes() == expected);
  CHECK(stream().body().text() == expected);
  std::ostringstream out;
  CHECK(stream().body().copy_to(out) == 13'000);
  CHECK(out.str() == expected);
  CHECK(stream().complete().body() == expected);
  CHECK(sync_wait(fetch(client, server.url("/bytes/13000"))) == expected);
  CHECK(client.send(Request::get(server.url("/bytes/0")).build()).get().body().bytes().empty());
}

}  // namespace async_http_pool::test
