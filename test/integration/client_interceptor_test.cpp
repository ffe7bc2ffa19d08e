// Interceptors around a client's requests, the library's own default headers among them.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/echo.hpp"
#include "support/eventually.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// An interceptor of one function.
class Doing final : public Interceptor {
 public:
  using Action = std::function<ResponseFuture(Request request, Next next)>;
  explicit Doing(Action action) : action_(std::move(action)) {}
  ResponseFuture intercept(Request request, Next next) override {
    return action_(std::move(request), std::move(next));
  }

 private:
  const Action action_;
};

std::shared_ptr<Interceptor> doing(Doing::Action action) {
  return std::make_shared<Doing>(std::move(action));
}

/// Adds its mark to the header "x-marks".
std::shared_ptr<Interceptor> marking(const std::string& mark) {
  return doing([mark](const Request& request, const Next& next) {
    const std::string marks(request.headers().get("x-marks").value_or(""));
    return next(Request::get(request.url()).header("x-marks", marks + mark).build());
  });
}

/// Sends again what got a 503.
class Retrying final : public Interceptor {
 public:
  ResponseFuture intercept(Request request, Next next) override {
    StreamingResponse response = co_await next(request);
    if (response.status() != 503) co_return response;
    co_return co_await next(request);
  }
};

}  // namespace

TEST_CASE("interceptors change requests one inside the other, streamed or not") {
  DynamicServer server;
  const Client plain(without_retries());
  const Client client = plain.with_interceptor(marking("a")).with_interceptor(marking("b"));
  CHECK(echoed(client.get(server.url("/echo")), "x-marks") == "[ab]");
  const Response streamed = client.send(get_of(server.url("/echo"))).get().complete();
  CHECK(echoed(streamed, "x-marks") == "[ab]");
  CHECK(echoed(plain.get(server.url("/echo")), "x-marks").empty());
  CHECK(server.connections() == 1);  // they share everything else
}

TEST_CASE("an interceptor may answer without the network") {
  const Client client = Client(without_retries()).with_interceptor(doing([](Request, Next) {
    return ResponseFuture(StreamingResponse(Response({.status = 299,
                                                      .body = "made up",
                                                      .request_id = "id",
                                                      .url = "http://x/",
                                                      .method = "GET",
                                                      .callback_args = {},
                                                      .redirects = {}})));
  }));
  CHECK(client.get("http://127.0.0.1:1/").status() == 299);
  CHECK(client.get("http://127.0.0.1:1/").body() == "made up");
  StreamingResponse response = client.send(get_of("http://127.0.0.1:1/")).get();
  CHECK(response.body().bytes() == "made up");
}

TEST_CASE("an interceptor may send again, and look at what it got") {
  const Watchdog watchdog("an interceptor that retries");
  ScriptedServer server({expect_request(), send(response(503, "busy")), expect_request(),
                         send(response(200, "fine")), again()});
  const Client client = Client(without_retries()).with_interceptor(std::make_shared<Retrying>());
  CHECK(client.get(server.url()).body() == "fine");
  CHECK(client.send(get_of(server.url())).get().body().bytes() == "fine");
  CHECK(server.requests().size() == 4);
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("what an interceptor throws is what the request fails with") {
  const Client client =
      Client(without_retries()).with_interceptor(doing([](Request, Next) -> ResponseFuture {
        throw std::domain_error("not this one");
      }));
  CHECK_THROWS_AS(client.get("http://127.0.0.1:1/"), std::domain_error);
  ResponseFuture future = client.send(get_of("http://127.0.0.1:1/"));
  REQUIRE(future.is_ready());
  CHECK_THROWS_AS(future.get(), std::domain_error);
}

TEST_CASE("an interceptor that gives an empty future fails the request") {
  const Client client = Client(without_retries()).with_interceptor(doing([](Request, Next) {
    return ResponseFuture();
  }));
  CHECK_THROWS_AS(client.get("http://127.0.0.1:1/"), std::logic_error);
}

TEST_CASE("a null interceptor is refused") {
  CHECK_THROWS_AS(Client().with_interceptor(nullptr), std::invalid_argument);
}

TEST_CASE("a stop and cancelling reach a request through its interceptors") {
  ScriptedServer server({expect_request(), wait_for_peer_close()});
  const Client client = Client(without_retries()).with_interceptor(std::make_shared<Retrying>());
  std::stop_source stop;
  ResponseFuture stopped =
      client.send(get_of(server.url()), SendOptions().set_stop_token(stop.get_token()));
  REQUIRE(server.wait_for_requests(1));
  stop.request_stop();
  CHECK(failure_of([&] { return stopped.get(); }) == "unknown cancelled");

  ResponseFuture cancelled = client.send(get_of(server.url()));
  REQUIRE(server.wait_for_requests(2));
  cancelled.cancel();
  CHECK(failure_of([&] { return cancelled.get(); }) == "unknown cancelled");

  static_cast<void>(client.send(get_of(server.url())));  // dropped
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("an interceptor may cancel what a thread waits for") {
  ScriptedServer server({expect_request(), wait_for_peer_close()});
  const Client client =
      Client(without_retries()).with_interceptor(doing([&](Request request, const Next& next) {
        ResponseFuture future = next(std::move(request));
        CHECK(server.wait_for_requests(1));
        future.cancel();
        return future;
      }));
  CHECK(failure_of([&] { return client.get(server.url()); }) == "unknown cancelled");
  CHECK(eventually([&] { return client.total_count() == 0; }));
}

TEST_CASE("a client that is gone lets interceptors that wait go on, and sends nothing more") {
  const Watchdog watchdog("an interceptor whose client is gone");
  ScriptedServer server({expect_request(), wait_for_peer_close()});
  std::atomic<bool> is_refused = false;
  ResponseFuture future;
  class Stubborn final : public Interceptor {
   public:
    explicit Stubborn(std::atomic<bool>& is_refused) : is_refused_(is_refused) {}
    ResponseFuture intercept(Request request, Next next) override {
      try {
        co_return co_await next(request);
      } catch (const RequestError&) {
      }
      try {
        co_return co_await next(request);
      } catch (const NotRunningError&) {
        is_refused_ = true;
        throw;
      }
    }

   private:
    std::atomic<bool>& is_refused_;
  };
  {
    const Client client =
        Client(without_retries()).with_interceptor(std::make_shared<Stubborn>(is_refused));
    future = client.send(get_of(server.url()));
    REQUIRE(server.wait_for_requests(1));
  }
  CHECK_THROWS_AS(future.get(), NotRunningError);
  CHECK(is_refused);
}

// --- Default headers ---

TEST_CASE("default headers are sent unless the request has its own") {
  DynamicServer server;
  const Client client = Client(without_retries())
                            .with_default_headers({{"x-team", "blue"}, {"accept", "text/plain"}})
                            .with_default_headers({{"x-more", "1"}, {"x-team", "red"}});
  const Response plain = client.get(server.url("/echo"));
  CHECK(echoed(plain, "x-team") == "[blue]");  // the outer one was first
  CHECK(echoed(plain, "accept") == "[text/plain]");
  CHECK(echoed(plain, "x-more") == "[1]");
  const Response own = client.execute(
      Request::post(server.url("/echo")).header("X-Team", "green").body("b").build());
  CHECK(echoed(own, "x-team") == "[green]");
  CHECK(own.json()["body"].as_string() == "b");
}

TEST_CASE("default headers that requests must not have are refused at once") {
  const Client client;
  CHECK_THROWS_AS(client.with_default_headers({{"host", "example.org"}}), std::invalid_argument);
}
