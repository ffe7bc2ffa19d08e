// What Isahc 1.7 got wrong, by the numbers under which it was found, and this library must not.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/trusting.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace async_http_pool::test {
namespace {

// What is at once, with room for a loaded machine; Isahc's connections stayed for ever.
constexpr std::chrono::milliseconds at_once = 5s;

/// The body of a response, sent on as the body of a request. It holds a handle of the client.
class Relay final : public BodySource {
 public:
  explicit Relay(StreamingResponse from) : from_(std::move(from)) {}

  std::optional<std::size_t> read(std::span<char> buffer) override {
    const std::optional<std::size_t> size = from_.body().read_for(buffer, 0ms);
    if (!size && !std::exchange(is_waiting_, true)) {
      from_.body().when_readable([this] {
        is_waiting_ = false;
        notify_();
      });
    }
    return size;
  }
  void set_notify(std::function<void()> notify) override { notify_ = std::move(notify); }

 private:
  StreamingResponse from_;
  std::function<void()> notify_;
  bool is_waiting_ = false;
};

std::shared_ptr<BodySource> throwing_source() {
  return make_body_source(
      [](std::span<char>) -> std::size_t { throw std::runtime_error("poison"); });
}

}  // namespace

TEST_CASE(
    "isahc weakness 1: a future that is dropped while the server is silent ends its request") {
  ScriptedServer server({expect_request()});
  const Client client(without_retries());
  {
    const ResponseFuture future = client.send(Request::get(server.url()).build());
    REQUIRE(server.wait_for_requests(1));
    CHECK_FALSE(future.is_ready());
  }
  CHECK(server.wait_for_peer_close(0, at_once));
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("isahc weakness 2: a body that is dropped while the server is silent ends its transfer") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello")});
  const Client client(without_retries());
  {
    StreamingResponse response = client.send(Request::get(server.url()).build()).get();
    std::string buffer(5, ' ');
    CHECK(response.body().read(buffer) > 0);
    CHECK_FALSE(server.peer_closed(0));
  }
  CHECK(server.wait_for_peer_close(0, at_once));
  {
    BodyReader body;
    {
      StreamingResponse response = client.send(Request::get(server.url()).build()).get();
      body = std::move(response.body());
    }
    std::string buffer(5, ' ');
    CHECK(body.read(buffer) > 0);  // the body is all that counts
    CHECK_FALSE(server.peer_closed(1));
  }
  CHECK(server.wait_for_peer_close(1, at_once));
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("isahc weakness 3: an early response neither cuts the upload off nor hangs") {
  const Watchdog watchdog("an early response");
  const RawListener listener;
  const std::string url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/";
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(Request::post(url).body_source(writer.source()).build());
  const Descriptor connection = listener.accept();
  REQUIRE(writer.write(std::string(5000, 'a')));
  std::string received = receive_bytes(connection, 5000);
  send_all(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nearly\r\n");
  StreamingResponse response = future.get();
  std::string buffer(5, ' ');
  CHECK(response.body().read(buffer) > 0);

  // All of the body arrives, although its response is being read already.
  REQUIRE(writer.write(std::string(5000, 'b')));
  writer.finish();
  const ReceivedRequest request = receive_request(connection, std::move(received));
  CHECK(request.body == std::string(5000, 'a') + std::string(5000, 'b'));
  send_all(connection, "5\r\n late\r\n0\r\n\r\n");
  CHECK_NOTHROW(response.body().discard());
}

TEST_CASE("isahc weakness 3: an upload that an early error ends is not ended as if it were whole") {
  const Watchdog watchdog("an early error");
  const RawListener listener;
  const std::string url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/";
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(Request::post(url).body_source(writer.source()).build());
  const Descriptor connection = listener.accept();
  REQUIRE(writer.write(std::string(5000, 'a')));
  std::string received = receive_bytes(connection, 5000);
  send_all(connection, "HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\ntoo large");
  StreamingResponse response = future.get();
  CHECK(response.status() == 413);
  CHECK(response.body().text() == "too large");
  // Writing tells that it is in vain, sooner or later.
  CHECK(eventually([&] { return !writer.write("more"); }));
  CHECK_FALSE(writer.is_wanted());
  CHECK(receive_request(connection, std::move(received)).method.empty());  // closed in the middle
}

TEST_CASE("isahc weakness 4: credentials set by options do not follow a redirect elsewhere") {
  DynamicServer there;
  DynamicServer here;
  const auto redirect_to = [](const std::string& url) {
    return [url](const ReceivedRequest&) {
      return Reply{.status = 302, .headers = {{"location", url}}, .body = {}};
    };
  };
  here.route("/there", redirect_to(there.url("/echo")));
  here.route("/here", redirect_to(here.url("/echo")));
  const Client client(without_retries());
  const RequestConfig by_name =
      RequestConfig().set_auth({"basic"}).set_username("u").set_password("p");
  const RequestConfig by_token = RequestConfig().set_bearer_token("secret");
  for (const RequestConfig& credentials : {by_name, by_token}) {
    REQUIRE(client.send(get_with(here.url("/there"), credentials)).get().status() == 200);
    CHECK_FALSE(here.requests().back().header("authorization").empty());
    CHECK(there.requests().back().header("authorization").empty());
    REQUIRE(client.send(get_with(here.url("/here"), credentials)).get().status() == 200);
    CHECK_FALSE(here.requests().back().header("authorization").empty());
  }
}

TEST_CASE("isahc weakness 5: the last handle may go on the agent thread, with a continuation") {
  const Watchdog watchdog("a handle that goes on the agent thread");
  DynamicServer server;
  for (int round = 0; round < 20; ++round) {
    std::promise<int> status;
    {
      Client client(without_retries());
      ResponseFuture future = client.send(Request::get(server.url("/status/200")).build());
      std::move(future).then([&status, client = std::move(client)](ResponseFuture ready) mutable {
        const int value = ready.get().status();
        const Client last = std::move(client);
        status.set_value(value);
      });
    }
    CHECK(status.get_future().get() == 200);
  }
}

TEST_CASE("isahc weakness 5: the last handle may go on the agent thread, with a request's body") {
  const Watchdog watchdog("a body that is a handle");
  DynamicServer server;
  for (int round = 0; round < 20; ++round) {
    std::optional<Client> client(std::in_place, without_retries());
    StreamingResponse from = client->send(Request::get(server.url("/bytes/300000")).build()).get();
    ResponseFuture future = client->send(Request::post(server.url("/status/200"))
                                             .body_source(std::make_shared<Relay>(std::move(from)))
                                             .build());
    client.reset();
    // The body that it sends is the last handle, which goes when that has been read: what is under
    // way then fails, or was quicker. Isahc deadlocked or crashed.
    try {
      const StreamingResponse response = future.get();
      CHECK(response.status() == 200);
      CHECK(server.requests().back().body.size() == 300'000);
    } catch (const RequestError& error) {
      CHECK(error.code() == ErrorCode::cancelled);
    }
  }
}

TEST_CASE("isahc weakness 6: what a body source throws fails its own request, and no other") {
  DynamicServer server;
  const Client client(without_retries());
  ResponseFuture held = client.send(Request::get(server.url("/hold")).build());
  REQUIRE(server.wait_for_requests(1));
  for (int i = 0; i < 10; ++i) {
    try {
      static_cast<void>(client.execute(
          Request::post(server.url("/echo")).body_source(throwing_source()).build()));
      FAIL("poison was sent");
    } catch (const RequestError& error) {
      CHECK(error.code() == ErrorCode::request_body);
      REQUIRE(error.cause() != nullptr);
      CHECK_THROWS_WITH(std::rethrow_exception(error.cause()), "poison");
    }
    CHECK(client.get(server.url("/status/200")).status() == 200);
  }
  server.release();
  CHECK(held.get().body().text() == "held");
}

TEST_CASE("isahc weakness 6: what callbacks throw ends nothing but themselves") {
  DynamicServer server;
  const Client client(without_retries());
  std::atomic<int> called = 0;
  SendOptions options;
  options.set_progress([&](const Progress&) {
    ++called;
    throw std::runtime_error("poison");
  });
  for (int i = 0; i < 10; ++i) {
    client.send(Request::get(server.url("/bytes/1000")).build(), options)
        .then([&](const ResponseFuture&) {
          ++called;
          throw std::runtime_error("poison");
        });
    CHECK(client.get(server.url("/status/200")).status() == 200);
  }
  CHECK(eventually([&] { return called >= 20 && client.total_count() == 0; }));
}

TEST_CASE(
    "isahc weakness 7: an idle connection that the server closes is closed without a request") {
  Gate go;
  ScriptedServer server({expect_request(), send(response(200, "ok")), wait_for(go), half_close()});
  const Client client(without_retries());
  REQUIRE(client.get(server.url()).body() == "ok");
  go.open();
  CHECK(server.wait_for_peer_close(0, at_once));
}

TEST_CASE("isahc weakness 8: a burst of requests opens one HTTP/2 connection") {
  NginxServer server({.identity = certificates().good()});
  const Client client(trusting());
  std::vector<ResponseFuture> futures;
  for (int i = 0; i < 64; ++i)
    futures.push_back(client.send(Request::get(server.tls_url("/tiny")).build()));
  for (ResponseFuture& future : futures) {
    StreamingResponse response = future.get();
    CHECK(response.protocol() == ProtocolVersion::http2);
    CHECK(response.body().text() == "ok");
  }
  CHECK(server.accepted_connections() == 1);
}

}  // namespace async_http_pool::test
