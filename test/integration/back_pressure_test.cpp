// Nobody is faster than the other side reads, in either direction, and what waits in between is
// bounded.
#include "support/body_pieces.hpp"
#include "support/catch.hpp"
#include "support/nginx_server.hpp"
#include "support/pour_server.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
// What the kernel may hold of a connection on its way: its buffers grow with what is read.
constexpr std::uint64_t kernel_bytes_max = 16 * mebibyte;
constexpr std::size_t upload_bytes = std::size_t{12} << 20;
constexpr std::size_t unread_bytes_max = std::size_t{8} << 20;

Request put_to(const RawListener& listener, std::shared_ptr<BodySource> source) {
  return Request::put(url_at("127.0.0.1", listener.port())).body_source(std::move(source)).build();
}

Configuration with(const RequestConfig& options) {
  return without_retries().set_request_config(options);
}

/// Reads what is left, which continues what any body of a `PourServer` begins with. Returns how
/// much that was; 0 when it is something else.
std::uint64_t read_poured(BodyReader& body) {
  std::string piece(std::size_t{64} << 10, '\0');
  const std::uint64_t before = body.position();
  for (std::uint64_t position = before;;) {
    const std::size_t size = body.read(piece);
    if (size == 0) return position - before;
    if (!PourServer::is_part({piece.data(), size}, position)) return 0;
    position += size;
  }
}

/// A server whose connections take in little before it reads.
Descriptor accept_tightly(const RawListener& listener) {
  Descriptor connection = listener.accept();
  const int size = 16 << 10;
  ::setsockopt(connection.number(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return connection;
}

/// All of an upload, whose bytes are `pattern`s: its end is looked for, and only then what it is.
ReceivedRequest receive_pattern(const Descriptor& connection, std::string received,
                                std::size_t bytes, bool is_chunked) {
  const std::size_t head = received.find("\r\n\r\n") + 4;
  while (is_chunked ? !received.ends_with("\r\n0\r\n\r\n") : received.size() < head + bytes) {
    const std::string more = receive_bytes(connection, 1);
    if (more.empty()) break;
    received += more;
  }
  return receive_request(connection, std::move(received));
}

std::string pattern(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>('a' + i % 23);
  return bytes;
}

}  // namespace

TEST_CASE("a reader that pauses for two seconds stops the server's writes for as long") {
  PourServer server(GENERATE(false, true) ? std::optional(certificates().good()) : std::nullopt);
  constexpr std::uint64_t bytes = 64 * mebibyte;
  const Client client(trusting());
  StreamingResponse response = client.send(Request::get(server.url(bytes)).build()).get();
  CHECK(read_exactly(response.body(), 100'000).size() == 100'000);
  const std::uint64_t sent = server.wait_until_still();
  CHECK(sent < kernel_bytes_max);
  CHECK_FALSE(server.wait_for_sent(sent + 1, 2s));
  CHECK(response.metrics().bytes_received < std::int64_t{1} << 20);
  CHECK(read_poured(response.body()) == bytes - 100'000);
  CHECK(server.sent() == bytes);
  CHECK(response.metrics().bytes_received == bytes);
}

TEST_CASE("a reader that pauses again and again gets every byte once") {
  PourServer server(GENERATE(false, true) ? std::optional(certificates().good()) : std::nullopt);
  constexpr std::uint64_t bytes = 8 * mebibyte;
  const std::size_t buffer = GENERATE(std::size_t{1}, std::size_t{20'000}, std::size_t{1} << 20);
  const Client client(trusting());
  StreamingResponse response =
      client.send(get_with(server.url(bytes), RequestConfig().set_stream_buffer_size(buffer)))
          .get();
  std::uint64_t position = 0;
  bool is_whole = true;
  for (std::uint64_t pause = mebibyte; pause < bytes; pause += mebibyte) {
    static_cast<void>(server.wait_until_still(20ms));
    const std::string part = read_exactly(response.body(), mebibyte - 1);
    is_whole = is_whole && part.size() == mebibyte - 1 && PourServer::is_part(part, position);
    position += part.size();
  }
  CHECK(is_whole);
  CHECK(read_poured(response.body()) == bytes - position);
}

TEST_CASE("stream_buffer_size bounds what the server can send to a reader that does not read") {
  PourServer server;
  constexpr std::size_t large = std::size_t{64} << 20;
  const auto sent_with = [&](std::size_t buffer) {
    const std::uint64_t before = server.sent();
    const Client client(with(RequestConfig().set_stream_buffer_size(buffer)));
    StreamingResponse response =
        client.send(Request::get(server.url(200 * mebibyte)).build()).get();
    REQUIRE(server.wait_for_sent(before + 1));
    return server.wait_until_still() - before;
  };
  CHECK(sent_with(std::size_t{16} << 10) < kernel_bytes_max);
  const std::uint64_t sent = sent_with(large);
  CHECK(sent >= large - (std::size_t{64} << 10));  // a piece that does not fit is not cut
  CHECK(sent < large + kernel_bytes_max);
}

TEST_CASE("max_stream_buffer_size bounds what waits for a reader that was fast and stops") {
  constexpr std::size_t large = std::size_t{64} << 20;
  const auto sent_ahead = [](std::size_t most) {
    PourServer server;
    const Client client(with(RequestConfig().set_max_stream_buffer_size(most)));
    StreamingResponse response =
        client.send(Request::get(server.url(2000 * mebibyte)).build()).get();
    std::string piece(mebibyte, '\0');
    std::uint64_t ahead = 0;
    for (int round = 0; round < 60 && ahead < large / 2; ++round) {
      do {
        REQUIRE(response.body().read(piece) != 0);
      } while (response.body().is_readable());
      REQUIRE(response.body().read(piece) != 0);  // has to wait, as the server did until now
      ahead = server.wait_until_still(20ms) - response.body().position();
    }
    return ahead;
  };
  CHECK(sent_ahead(1) < kernel_bytes_max);
  const std::uint64_t ahead = sent_ahead(large);
  CHECK(ahead >= large / 2);
  CHECK(ahead < large + kernel_bytes_max);
}

TEST_CASE("of 200 streams half may pause, the others go on to their ends") {
  constexpr std::size_t count = 200;
  constexpr std::uint64_t bytes = mebibyte;
  PourServer server;
  const Client client(with(RequestConfig().set_stream_buffer_size(std::size_t{16} << 10)));
  std::vector<ResponseFuture> futures;
  for (std::size_t i = 0; i < count; ++i)
    futures.push_back(client.send(Request::get(server.url(bytes)).build()));
  std::vector<StreamingResponse> responses;
  for (ResponseFuture& future : futures) responses.push_back(future.get());
  CHECK(client.total_count() == count);
  for (std::size_t i = 0; i < count; i += 2) CHECK(read_poured(responses[i].body()) == bytes);
  CHECK(client.total_count() == count / 2);
  CHECK(server.sent() < count * bytes);
  for (std::size_t i = 1; i < count; i += 2) CHECK(read_poured(responses[i].body()) == bytes);
  CHECK(client.total_count() == 0);
}

TEST_CASE("of 200 streams over HTTP/2 half may pause, the others go on to their ends") {
  constexpr std::size_t count = 200;
  constexpr std::uint64_t bytes = mebibyte;
  NginxServer server({.identity = certificates().good()});
  server.write_hole("hole", bytes);
  const Client client(
      trusting().set_request_config(RequestConfig().set_stream_buffer_size(std::size_t{16} << 10)));
  std::vector<ResponseFuture> futures;
  for (std::size_t i = 0; i < count; ++i)
    futures.push_back(client.send(Request::get(server.tls_url("/hole")).build()));
  std::vector<StreamingResponse> responses;
  for (ResponseFuture& future : futures) responses.push_back(future.get());
  for (std::size_t i = 0; i < count; i += 2) CHECK(responses[i].body().discard() == bytes);
  CHECK(client.total_count() == count / 2);
  for (std::size_t i = 1; i < count; i += 2) CHECK(responses[i].body().discard() == bytes);
  CHECK(client.total_count() == 0);
}

TEST_CASE("a stream of HTTP/2 that pauses holds up no other one of its connection") {
  constexpr std::uint64_t bytes = 48 * mebibyte;  // more than libcurl takes in of a paused one
  NginxServer server({.identity = certificates().good()});
  server.write_hole("hole", bytes);
  const Client client(trusting());
  const Request request = Request::get(server.tls_url("/hole")).build();
  StreamingResponse paused = client.send(request).get();
  for (int i = 0; i < 2; ++i) CHECK(client.send(request).get().body().discard() == bytes);
  CHECK(paused.body().discard() == bytes);
  CHECK(server.accepted_connections() == 1);
}

TEST_CASE("time that a reader takes is nobody's idleness") {
  PourServer server;
  constexpr std::uint64_t bytes = 32 * mebibyte;
  const Client client(with(RequestConfig().set_idle_timeout(200ms)));
  StreamingResponse response = client.send(Request::get(server.url(bytes)).build()).get();
  CHECK(read_exactly(response.body(), 1).size() == 1);
  static_cast<void>(server.wait_until_still(700ms));
  CHECK(read_poured(response.body()) == bytes - 1);
}

TEST_CASE("a server that falls silent behind a pause runs into the idle timeout") {
  const std::string bytes(300'000, 'x');
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 300001\r\n\r\n" + bytes)});
  const Client client(with(RequestConfig().set_idle_timeout(200ms)));
  StreamingResponse response = client.send(Request::get(server.url()).build()).get();
  CHECK_FALSE(server.wait_for_peer_close(0, 500ms));  // it is the reader who takes his time
  CHECK(read_exactly(response.body(), bytes.size()) == bytes);
  CHECK(failure_of([&] { return read_piece(response.body()); }) == "timeout idle_timeout");
}

TEST_CASE("stream_timeout counts until the end of the body, also while its reader pauses") {
  PourServer server;
  const Client client(with(RequestConfig().set_stream_timeout(300ms)));
  const auto start = Clock::now();
  StreamingResponse response = client.send(Request::get(server.url(64 * mebibyte)).build()).get();
  CHECK(server.wait_for_closed(1));
  CHECK(Clock::now() - start >= 300ms);
  const Outcome outcome = outcome_of([&] { return response.body().discard(); });
  CHECK(outcome.summary() == "timeout request_timeout");
  CHECK_THAT(outcome.error().message(), Catch::Contains("0.3 s"));
}

TEST_CASE("timeout counts until the headers are in, and for the body no more") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"),
                         send_slowly("0123456789", 60ms), again()});
  server.on_connection(1, {expect_request()});
  const Client client(with(RequestConfig().set_timeout(300ms)));
  StreamingResponse response = client.send(Request::get(server.url()).build()).get();
  CHECK(response.body().bytes() == "0123456789");
  response = client.send(Request::get(server.url()).build()).get();  // which is under way still
  CHECK(failure_of([&] { return client.send(Request::get(server.url()).build()).get(); }) ==
        "timeout request_timeout");
}

TEST_CASE("a writer waits while the server does not read, and goes on when it does") {
  const bool is_size_known = GENERATE(false, true);
  const RawListener listener;
  const Client client(without_retries());
  BodyWriterOptions options{.capacity = std::size_t{100} << 10};
  if (is_size_known) options.size = upload_bytes;
  BodyWriter writer(options);
  ResponseFuture future = client.send(put_to(listener, writer.source()));
  const std::string body = pattern(upload_bytes);
  const Descriptor connection = accept_tightly(listener);
  std::string received = RawListener::receive_head(connection);
  std::size_t written = 0;
  for (;;) {  // until it stops
    const std::size_t count = writer.write_for(std::string_view(body).substr(written), 300ms);
    if (count == 0) break;
    written += count;
  }
  CHECK(written < unread_bytes_max);
  CHECK(writer.write_for(std::string_view(body).substr(written), 1s) == 0);
  CHECK(writer.is_wanted());
  std::thread rest([&] {
    if (writer.write(std::string_view(body).substr(written))) writer.finish();
  });
  const ReceivedRequest request =
      receive_pattern(connection, std::move(received), upload_bytes, !is_size_known);
  rest.join();
  CHECK(request.body.size() == upload_bytes);
  CHECK((request.body == body));  // of which nobody wants to see all
  CHECK(request.header("transfer-encoding") == (is_size_known ? "" : "chunked"));
  CHECK(request.header("content-length") == (is_size_known ? std::to_string(upload_bytes) : ""));
  send_all(connection, response(200, "ok"));
  CHECK(future.get().body().text() == "ok");
}

TEST_CASE("a source is asked for no more than goes out while the server does not read") {
  const RawListener listener;
  std::atomic<std::size_t> pulled = 0;
  const std::string body = pattern(upload_bytes);
  const auto source = make_body_source([&](std::span<char> buffer) {
    const std::string_view piece = std::string_view(body).substr(pulled, buffer.size());
    std::copy(piece.begin(), piece.end(), buffer.begin());
    pulled += piece.size();
    return piece.size();
  });
  const Client client(without_retries());
  ResponseFuture future = client.send(put_to(listener, source));
  const Descriptor connection = accept_tightly(listener);
  std::string received = RawListener::receive_head(connection);
  // No event tells that nothing happens: nothing new in so many looks at the future does.
  std::size_t before = 0;
  do {
    before = pulled;
    CHECK_FALSE(future.wait_for(300ms));
  } while (pulled != before);
  CHECK(before < unread_bytes_max);
  const ReceivedRequest request =
      receive_pattern(connection, std::move(received), upload_bytes, true);
  CHECK((request.body == body));
  send_all(connection, response(200, "ok"));
  CHECK(future.get().status() == 200);
}

TEST_CASE("an upload that waits for its server holds up nobody else") {
  const RawListener listener;
  ScriptedServer other(ok_each_time());
  const Client client(without_retries());
  const auto source = make_body_source([](std::span<char> buffer) { return buffer.size(); });
  const ResponseFuture stuck = client.send(put_to(listener, source));
  const Descriptor connection = accept_tightly(listener);
  REQUIRE_FALSE(RawListener::receive_head(connection).empty());
  for (int i = 0; i < 20; ++i) CHECK(client.get(other.url()).body() == "ok");
  CHECK_FALSE(stuck.is_ready());
}
