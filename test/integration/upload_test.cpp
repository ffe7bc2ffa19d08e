// What can go wrong while the body of a request is on its way, at the server and with its files.
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Catch::Matchers::Contains;

/// A PUT of the file at `path`, bare or as a part.
Request put_file(const std::string& url, const std::string& path, bool is_part) {
  RequestBuilder builder = Request::put(url);
  if (is_part) {
    builder.multipart(Multipart().add_field("field", "value").add_file("file", path));
  } else {
    builder.body_file(path);
  }
  return builder.build();
}

std::size_t open_descriptors_of(const std::string& path) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += std::filesystem::read_symlink(entry, gone) == path ? 1U : 0U;
  }
  return count;
}

}  // namespace

TEST_CASE("a PUT that is cut off in its body is sent again from the start, a POST is not") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(3'000'000);
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    INFO(form.name);
    const RawListener listener;
    RunningProcessor processor;
    const auto put = processor.begin(form.request("PUT", url_of(listener)));
    Descriptor first = listener.accept();
    REQUIRE(receive_bytes(first, 100'000).size() >= 100'000);
    test::reset(std::move(first));
    const Descriptor second = listener.accept();
    CHECK(form.is_in(receive_request(second)));
    send_all(second, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok");
    CHECK(put->outcome().body() == "ok");

    const auto post = processor.begin(form.request("POST", url_of(listener)));
    Descriptor only = listener.accept();
    REQUIRE(receive_bytes(only, 100'000).size() >= 100'000);
    test::reset(std::move(only));
    CHECK(post->outcome().summary() == "connection connection_lost");
  }
}

TEST_CASE("hard case 95: a PUT whose reused connection dies is sent again from the start (F4)") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(100'000);
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    INFO(form.name);
    ScriptedServer server({expect_request(), send(response(200, "ok")), again()});
    server.on_connection(0,
                         {expect_request(), send(response(200, "ok")), expect_request(), close()});
    RunningProcessor processor;
    REQUIRE(processor.get(server.url()).body() == "ok");
    CHECK(processor.run(form.request("PUT", server.url())).summary() == "response 200");
    REQUIRE(server.requests().size() == 3);
    CHECK(form.is_in(server.requests()[1]));
    CHECK(form.is_in(server.requests()[2]));
  }
}

TEST_CASE("hard case 33: a response that comes in the middle of an upload is delivered") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(20'000'000);
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    INFO(form.name);
    const RawListener listener;
    RunningProcessor processor(without_retries());
    const auto handler = processor.begin(form.request("POST", url_of(listener)));
    const Descriptor connection = listener.accept();
    REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
    send_all(connection, "HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\ntoo large");
    CHECK(handler->outcome().summary() == "response 413");
    CHECK(handler->outcome().body() == "too large");
    receive_to_end(connection);  // it is given up: what is left of the body is not sent
  }
}

TEST_CASE("hard case 34: a server that half-closes during an upload makes nobody spin") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(20'000'000);
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    INFO(form.name);
    const RawListener listener;
    RunningProcessor processor(without_retries());
    const RequestConfig config = RequestConfig().set_timeout(700ms);
    RequestBuilder builder = Request::post(url_of(listener));
    form.set(builder);
    const auto handler = processor.begin(builder.config(config).build());
    const Descriptor connection = listener.accept();
    REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
    REQUIRE(::shutdown(connection.number(), SHUT_WR) == 0);
    const std::clock_t before = std::clock();
    // It may take the end for what it is, or wait for the server to read on.
    CHECK_THAT(handler->outcome().summary(),
               Contains("connection connection_lost") || Contains("timeout request_timeout"));
    CHECK(std::clock() - before < CLOCKS_PER_SEC / 3);  // of 700 ms at least
  }
}

TEST_CASE("hard case 83: a redirect whose file has gone is an error, not an empty body") {
  // The only body that cannot be sent again is a file that is not there any more.
  const TempDirectory directory;
  const std::string path = directory.write("body", numbered_bytes(1000));
  for (const bool is_part : {false, true}) {
    DynamicServer server;
    directory.write("body", numbered_bytes(1000));
    server.route("/from", [&](const ReceivedRequest&) {
      std::filesystem::remove(path);
      return Reply{.status = 307, .headers = {{"location", "/status/200"}}, .body = {}};
    });
    RunningProcessor processor;
    const Outcome outcome = processor.run(put_file(server.url("/from"), path, is_part));
    CHECK(outcome.summary() == "unknown request_body");
    CHECK_THAT(outcome.error().message(), Contains(path) && Contains("No such file"));
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a file of more than 2 GiB is announced as it is") {
  const TempDirectory directory;
  const std::string path = directory.write("sparse", "");
  const std::uintmax_t size = (std::uintmax_t{1} << 31U) + 12345;
  std::filesystem::resize_file(path, size);
  for (const bool is_part : {false, true}) {
    const RawListener listener;
    RunningProcessor processor(without_retries());
    const auto handler = processor.begin(put_file(url_of(listener), path, is_part));
    const Descriptor connection = listener.accept();
    const std::string head = RawListener::receive_head(connection);
    const std::size_t line = head.find("Content-Length: ");
    REQUIRE(line != std::string::npos);
    const std::uintmax_t announced = std::stoull(head.substr(line + 16));
    CHECK((is_part ? announced > size && announced < size + 1000 : announced == size));
    send_all(connection, "HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
    CHECK(handler->outcome().summary() == "response 413");
  }
}

TEST_CASE("isahc: upload_from_bad_reader_returns_error_with_original_cause") {
  const TempDirectory directory;
  const std::string fifo = (directory.path() / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  struct Row {
    std::string path;
    std::string reason;
  };
  const std::vector<Row> rows = {{directory.path() / "missing", "No such file or directory"},
                                 {directory.path() / "fifo" / "x", "Not a directory"},
                                 {directory.path(), "is not a regular file"},
                                 {fifo, "is not a regular file"}};
  DynamicServer server;
  RunningProcessor processor;
  for (const Row& row : rows) {
    for (const bool is_part : {false, true}) {
      INFO(row.path << " " << is_part);
      const Outcome outcome = processor.run(put_file(server.url("/echo"), row.path, is_part));
      CHECK(outcome.summary() == "unknown request_body");
      CHECK_THAT(outcome.error().message(), Contains(row.path) && Contains(row.reason));
    }
  }
  CHECK(server.connections() == 0);  // found before anything was sent
}

TEST_CASE("a file that changes its size while it is sent ends the request") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(30'000'000);  // more than the buffers on the way hold
  for (const std::uintmax_t later : {10'000'000U, 30'000'001U}) {
    for (const bool is_part : {false, true}) {
      INFO(later << " " << is_part);
      const std::string path = directory.write("body", bytes);
      const RawListener listener;
      RunningProcessor processor;
      const auto handler = processor.begin(put_file(url_of(listener), path, is_part));
      const Descriptor connection = listener.accept();
      REQUIRE(receive_bytes(connection, 1000).size() >= 1000);
      std::filesystem::resize_file(path, later);
      receive_to_end(connection);
      const Outcome outcome = handler->outcome();
      CHECK(outcome.summary() == "unknown request_body");
      CHECK_THAT(outcome.error().message(), Contains(path) && Contains("and had 30000000 before"));
    }
  }
}

TEST_CASE("a file that changes its size during a digest's first round is not sent in part") {
  const TempDirectory directory;
  const std::string path = directory.write("body", numbered_bytes(1000));
  const RawListener listener;
  RunningProcessor processor;
  RequestBuilder builder = Request::put(url_of(listener));
  builder.body_file(path).config(
      RequestConfig().set_auth({"digest"}).set_username("u").set_password("p"));
  const auto handler = processor.begin(builder.build());
  const Descriptor connection = listener.accept();
  REQUIRE_FALSE(RawListener::receive_head(connection).empty());
  std::filesystem::resize_file(path, 999);
  send_all(connection,
           "HTTP/1.1 401 No\r\nwww-authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
           "content-length: 0\r\n\r\n");
  receive_to_end(connection);
  CHECK(handler->outcome().summary() == "unknown request_body");
}

TEST_CASE("requests that wait for an answer or in the queue hold no descriptor of their files") {
  const TempDirectory directory;
  const std::string path =
      std::filesystem::canonical(directory.write("body", numbered_bytes(100'000))).string();
  DynamicServer server;
  RunningProcessor processor(without_retries());
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < 50; ++i)
    handlers.push_back(processor.begin(put_file(server.url("/hold"), path, i % 2 != 0)));
  REQUIRE(server.wait_for_requests(handlers.size()));  // sent, and not answered yet
  CHECK(open_descriptors_of(path) == 0);
  server.release();
  for (const auto& handler : handlers) CHECK(handler->outcome().body() == "held");
}

TEST_CASE("a file is closed when its request ends in the middle of it") {
  const TempDirectory directory;
  const std::string path =
      std::filesystem::canonical(directory.write("body", numbered_bytes(30'000'000))).string();
  for (const bool is_part : {false, true}) {
    const RawListener listener;
    RunningProcessor processor(without_retries());
    const auto handler = processor.begin(put_file(url_of(listener), path, is_part));
    Descriptor connection = listener.accept();
    REQUIRE(receive_bytes(connection, 1000).size() >= 1000);
    CHECK(open_descriptors_of(path) == 1);
    test::reset(std::move(connection));
    CHECK(handler->outcome().is_error());
    CHECK(processor->wait_until_idle(patience));
    processor->stop();
    CHECK(open_descriptors_of(path) == 0);
  }
}
