// Servers that answer before a streamed body has come, and clients that ask before they send it.
#include "support/body_forms.hpp"
#include "support/body_pieces.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/script.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Catch::Matchers::Contains;

/// Has bytes for as long as it is asked.
std::shared_ptr<BodySource> endless_source() {
  return make_body_source([](std::span<char> buffer) {
    std::fill(buffer.begin(), buffer.end(), 'e');
    return buffer.size();
  });
}

/// Writes until nobody wants it any more; false when that does not come in time.
bool write_until_unwanted(BodyWriter& writer) {
  const std::string piece(10'000, 'w');
  const auto deadline = Clock::now() + patience;
  while (writer.is_wanted()) {
    if (Clock::now() > deadline) return false;
    static_cast<void>(writer.write_for(piece, 100ms));
  }
  return !writer.write(piece);
}

}  // namespace

TEST_CASE("an error that comes in the middle of an upload is delivered, and the rest not sent") {
  const bool closes = GENERATE(false, true);
  const RawListener listener;
  const Client client(without_retries());
  ResponseFuture future = client.send(put(url_of(listener), endless_source()));
  const Descriptor connection = listener.accept();
  REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
  send_all(connection, response(413, "enough", closes ? "connection: close\r\n" : ""));
  StreamingResponse early = future.get();
  CHECK(early.status() == 413);
  CHECK(early.body().text() == "enough");
  CHECK(client.total_count() == 0);
  receive_to_end(connection);  // it is given up: the source would never end
}

TEST_CASE("a success that comes in the middle of an upload does not end it") {
  const RawListener listener;
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(put(url_of(listener), writer.source()));
  const Descriptor connection = listener.accept();
  std::string received = RawListener::receive_head(connection);
  send_all(connection, response(200, "enough"));
  StreamingResponse early = future.get();
  CHECK(early.status() == 200);
  CHECK(read_exactly(early.body(), 6) == "enough");
  CHECK(writer.write(numbered_bytes(300'000)));
  writer.finish();
  CHECK((receive_request(connection, std::move(received)).body == numbered_bytes(300'000)));
  CHECK(read_piece(early.body()).empty());
}

TEST_CASE("a success in the middle of an upload that the server ends gives its body in any case") {
  const RawListener listener;
  const Client client(without_retries());
  ResponseFuture future = client.send(put(url_of(listener), endless_source()));
  Descriptor connection = listener.accept();
  REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
  send_all(connection, response(200, "enough", "connection: close\r\n"));
  StreamingResponse early = future.get();
  CHECK(read_exactly(early.body(), 6) == "enough");
  connection.close();  // with bytes that nobody read: a RST
  try {
    CHECK(read_piece(early.body()).empty());
  } catch (const RequestError& error) {
    CHECK(error.code() == ErrorCode::connection_lost);
  }
  CHECK(client.total_count() == 0);
}

TEST_CASE("a writer learns that the response came in the middle of its upload") {
  const RawListener listener;
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(put(url_of(listener), writer.source()));
  REQUIRE(writer.write("some"));
  const Descriptor connection = listener.accept();
  REQUIRE_FALSE(RawListener::receive_head(connection).empty());
  send_all(connection, response(413, "enough"));
  CHECK(future.get().body().text() == "enough");
  CHECK(write_until_unwanted(writer));
}

TEST_CASE("a server may answer piece by piece while the body is still coming") {
  const RawListener listener;
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(put(url_of(listener), writer.source()));
  const Descriptor connection = listener.accept();
  std::string received = RawListener::receive_head(connection);
  REQUIRE(writer.write("ping"));
  while (!Contains("ping").match(received)) received += receive_bytes(connection, 1);
  send_all(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npong\r\n");
  StreamingResponse response = future.get();  // while the upload goes on
  CHECK(response.status() == 200);
  CHECK(read_exactly(response.body(), 4) == "pong");
  response.cancel();
  CHECK(write_until_unwanted(writer));
  receive_to_end(connection);
}

TEST_CASE(
    "a server that closes in the middle of an upload fails it, whatever there is left to send") {
  const bool has_reset = GENERATE(false, true);
  const RawListener listener;
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(put(url_of(listener), writer.source()));
  REQUIRE(writer.write("some"));
  Descriptor connection = listener.accept();
  REQUIRE_FALSE(RawListener::receive_head(connection).empty());
  if (has_reset) {
    test::reset(std::move(connection));
  } else {
    connection.close();
  }
  CHECK(write_until_unwanted(writer));
  CHECK(failure_of([&] { return future.get(); }) == "connection connection_lost");
}

TEST_CASE("a source with more bytes than it announced fails its request, however many they are") {
  for (const std::size_t size : {1'000U, 65'536U, 300'000U}) {
    CAPTURE(size);
    ScriptedServer server(ok_each_time());
    const Client client(without_retries());
    std::size_t left = size + 1;
    const auto source = make_body_source(
        [&left](std::span<char> buffer) {
          const std::size_t count = std::min(left, buffer.size());
          std::fill_n(buffer.begin(), count, 'm');
          left -= count;
          return count;
        },
        {.size = size});
    ResponseFuture future = client.send(put(server.url(), source));
    try {
      static_cast<void>(future.get());
      FAIL("it was taken for whole");
    } catch (const RequestError& error) {
      CHECK(error.code() == ErrorCode::request_body);
    }
  }
}

TEST_CASE("a source is not read before the server says continue, or its time is over") {
  const RawListener listener;
  const Client client(without_retries());
  std::atomic<int> reads = 0;
  const auto source = make_body_source(
      [&reads, is_over = false](std::span<char> buffer) mutable -> std::size_t {
        ++reads;
        if (std::exchange(is_over, true)) return 0;
        std::copy_n("body", 4, buffer.begin());
        return 4;
      },
      {.rewind = [] { return false; }});
  const auto send_with = [&](std::chrono::milliseconds timeout) {
    return client.send(Request::put(url_of(listener))
                           .body_source(source)
                           .config(RequestConfig().set_expect_timeout(timeout))
                           .build());
  };
  SECTION("it says so") {
    ResponseFuture future = send_with(patience);
    const Descriptor connection = listener.accept();
    const std::string head = RawListener::receive_head(connection);
    CHECK_THAT(head, Contains("expect: 100-continue") && Contains("chunked"));
    CHECK_FALSE(future.wait_for(50ms));
    CHECK(reads == 0);
    send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(receive_request(connection, head).body == "body");
    send_all(connection, response(200, "ok"));
    CHECK(future.get().body().text() == "ok");
  }
  SECTION("it says nothing") {
    ResponseFuture future = send_with(50ms);
    const Descriptor connection = listener.accept();
    const std::string head = RawListener::receive_head(connection);
    CHECK(receive_request(connection, head).body == "body");
    send_all(connection, response(200, "ok"));
    CHECK(future.get().body().text() == "ok");
  }
  SECTION("it refuses") {
    ResponseFuture future = send_with(patience);
    const Descriptor connection = listener.accept();
    REQUIRE_FALSE(RawListener::receive_head(connection).empty());
    send_all(connection, response(403, "no"));
    CHECK(future.get().status() == 403);
    CHECK(reads == 0);
    receive_to_end(connection);
  }
  SECTION("it refuses to be asked") {
    ResponseFuture future = send_with(patience);
    const Descriptor first = listener.accept();
    REQUIRE_FALSE(RawListener::receive_head(first).empty());
    send_all(first, response(417, ""));
    const Descriptor second = listener.accept();
    CHECK(receive_request(second).body == "body");  // which was not read before: no rewind needed
    send_all(second, response(200, "ok"));
    CHECK(future.get().body().text() == "ok");
  }
}
