// A response larger than allowed ends in an error, and soon.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* too_large_body = "response_too_large body_too_large";
constexpr const char* too_large_headers = "response_too_large headers_too_large";

std::string header_lines(int count, std::size_t value_size = 1) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += "x-" + std::to_string(i) + ": " + std::string(value_size, 'v') + "\r\n";
  return lines;
}

std::string chunk(const std::string& bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

constexpr const char* chunked_head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("a body of exactly max_response_size is fine, one byte more is not") {
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_max_response_size(4999));
  CHECK(processor.get(server.url("/bytes/4999")).body().size() == 4999);
  CHECK(processor.get(server.url("/bytes/5000")).summary() == too_large_body);
  CHECK(processor.get(server.url("/gzip")).summary() == too_large_body);  // 5000 bytes once decoded
  RunningProcessor exact(test_configuration().set_max_response_size(5000));
  CHECK(exact.get(server.url("/gzip")).body().size() == 5000);
}

TEST_CASE("chunks are counted together") {
  ScriptedServer server({expect_request(),
                         send(chunked_head + chunk("12345") + chunk("67890") + "0\r\n\r\n"),
                         again()});
  RunningProcessor exact(test_configuration().set_max_response_size(10));
  CHECK(exact.get(server.url()).body() == "1234567890");
  RunningProcessor small(test_configuration().set_max_response_size(9));
  CHECK(small.get(server.url()).summary() == too_large_body);
}

TEST_CASE("hard case 64: an announced length above the limit is refused before the body comes") {
  Gate gate;
  ScriptedServer server({expect_request(),
                         send("HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n"),
                         wait_for(gate)});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).summary() == too_large_body);
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("an announced length above the limit does not matter for HEAD") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")});
  RunningProcessor processor;
  CHECK(processor.run(Request::head(server.url()).build()).status() == 200);
}

TEST_CASE("hard case 62: a gzip bomb is stopped at the limit") {
  DynamicServer server;
  const std::string bomb = gzip(std::string(100'000'000, '\0'));
  server.route("/bomb", [&](const ReceivedRequest&) {
    return Reply{.headers = {{"content-encoding", "gzip"}}, .body = bomb};
  });
  RunningProcessor processor;
  CHECK(processor.get(server.url("/bomb")).summary() == too_large_body);
  CHECK(processor.get(server.url("/status/200")).status() == 200);
}

TEST_CASE("hard case 63: an endless chunked body is stopped at the limit") {
  ScriptedServer server({expect_request(), send(chunked_head),
                         send(chunk(std::string(100'000, 'e'))),
                         send(chunk(std::string(1'000'000, 'e'))), wait_for_peer_close()});
  RunningProcessor processor;
  CHECK(processor.get(server.url()).summary() == too_large_body);
  CHECK(server.wait_for_peer_close(0));
}

TEST_CASE("hard case 43: header fields are limited in number") {
  ScriptedServer server;
  server.on_connection(
      0, {expect_request(), send(response(200, "ok", header_lines(9)))});  // and content-length
  server.on_connection(1, {expect_request(), send(response(200, "ok", header_lines(10)))});
  Configuration configuration = test_configuration().set_max_header_count(10);
  CHECK(RunningProcessor(configuration).get(server.url()).status() == 200);
  CHECK(RunningProcessor(configuration).get(server.url()).summary() == too_large_headers);
}

TEST_CASE("header fields are limited in size, by a limit below libcurl's and by libcurl's") {
  ScriptedServer server({expect_request(), send(response(200, "ok", header_lines(10, 1000)))});
  server.on_connection(2, {expect_request(), send(response(200, "ok", header_lines(1, 110'000)))});
  server.on_connection(3, {expect_request(), send(response(200, "ok", header_lines(40, 10'000)))});
  CHECK(RunningProcessor(test_configuration().set_max_header_size(11'000))
            .get(server.url())
            .status() == 200);
  CHECK(RunningProcessor(test_configuration().set_max_header_size(10'000))
            .get(server.url())
            .summary() == too_large_headers);
  CHECK(RunningProcessor().get(server.url()).summary() == too_large_headers);
  CHECK(RunningProcessor().get(server.url()).summary() == too_large_headers);
}

TEST_CASE("hard case 7: trailers count as headers") {
  ScriptedServer server;
  server.on_connection(
      0, {expect_request(), send(chunked_head + chunk("ok") + "0\r\nx-trailer: 1\r\n\r\n")});
  server.on_connection(1, {expect_request(), send(chunked_head + chunk("ok") + "0\r\n" +
                                                  header_lines(2000) + "\r\n")});
  server.on_connection(2, {expect_request(), send(chunked_head + chunk("ok") + "0\r\n" +
                                                  header_lines(900, 2000) + "\r\n")});
  CHECK(RunningProcessor().get(server.url()).body() == "ok");
  CHECK(RunningProcessor().get(server.url()).summary() == too_large_headers);
  CHECK(RunningProcessor().get(server.url()).summary() == too_large_headers);
}
