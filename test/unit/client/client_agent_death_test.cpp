// Agents of a client that end by a failure of their own: everybody is told, and the next request
// makes new ones.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/process_state.hpp"
#include "support/recording_logger.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/watchdog.hpp"
#include "unit/client/client_access.hpp"
#include "unit/pool/failing_selector.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A client whose selectors can be made to fail.
struct Patient {
  explicit Patient(int agents = 1)
      : client(ClientAccess::make(without_retries().set_agents(agents).set_logger(logger),
                                  [this] { return std::make_unique<FailingSelector>(bomb); })) {}

  [[nodiscard]] ResponseFuture send(std::string_view path) const {
    return client->send(Request::get(server.url(path)).build());
  }

  DynamicServer server;
  Bomb bomb;
  std::shared_ptr<RecordingLogger> logger = std::make_shared<RecordingLogger>();
  std::optional<Client> client;
};

void check_failed(ResponseFuture& future) {
  const Outcome outcome = outcome_of([&] { return future.get(); });
  CHECK(outcome.summary() == "unknown internal");
  CHECK(outcome.error().message() == "agent failed: the selector broke");
}

}  // namespace

TEST_CASE("When an agent of a client dies its requests fail with the reason, and others follow") {
  const Watchdog watchdog("the death of a client's agent");
  const std::size_t threads = thread_count();
  {
    const int agents = GENERATE(1, 2);
    Patient patient(agents);
    std::vector<ResponseFuture> futures;
    for (int i = 0; i < 4; ++i) futures.push_back(patient.send("/hold"));
    REQUIRE(patient.server.wait_for_requests(4));
    patient.bomb.arm(1);
    // Wakes the agent. It may come too early or too late for the one that dies.
    ResponseFuture late = patient.send("/status/200");
    for (ResponseFuture& future : futures) check_failed(future);
    REQUIRE(late.wait_for(patience));
    CHECK(patient.bomb.has_gone_off());
    CHECK(patient.logger->contains("error agent failed, stopping: the selector broke"));
    CHECK(patient.send("/status/200").get().status() == 200);
    CHECK(eventually([&] { return patient.client->total_count() == 0; }));
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
}

TEST_CASE("A body that is being read fails with the reason when its agent dies") {
  const Watchdog watchdog("the death of an agent under a body");
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab"),
                         wait_for_peer_close()});
  const Patient patient;
  StreamingResponse response = patient.client->send(Request::get(server.url()).build()).get();
  std::array<char, 2> bytes;
  REQUIRE(response.body().read(bytes) == 2);
  const_cast<Patient&>(patient).bomb.arm(1);
  static_cast<void>(patient.send("/hold"));
  const Outcome outcome = outcome_of([&] { return response.body().read(bytes); });
  CHECK(outcome.summary() == "unknown internal");
  CHECK(outcome.error().message() == "agent failed: the selector broke");
}

TEST_CASE("A continuation on the thread of a dying agent may send again") {
  const Watchdog watchdog("a retry on a dying agent");
  Patient patient;
  std::atomic<int> status = 0;
  Gate is_called;
  ResponseFuture held = patient.send("/hold");
  REQUIRE(patient.server.wait_for_requests(1));
  std::move(held).then([&](ResponseFuture failed) {
    try {
      static_cast<void>(failed.get());
    } catch (const RequestError&) {
      patient.send("/status/204").then([&](ResponseFuture ready) {
        try {
          status = ready.get().status();
        } catch (const std::exception&) {
          status = -1;
        }
        is_called.open();
      });
    }
  });
  patient.bomb.arm(1);
  static_cast<void>(patient.send("/hold"));
  REQUIRE(is_called.wait());
  CHECK(status == 204);
}

TEST_CASE("The last handle may go on the thread of a dying agent") {
  const Watchdog watchdog("dropping a client on a dying agent");
  const std::size_t threads = thread_count();
  {
    Patient patient;
    Gate is_called;
    ResponseFuture held = patient.send("/hold");
    REQUIRE(patient.server.wait_for_requests(1));
    std::move(held).then([&](const ResponseFuture&) {
      patient.client.reset();
      is_called.open();
    });
    patient.bomb.arm(1);
    static_cast<void>(patient.send("/hold"));
    REQUIRE(is_called.wait());
  }
  CHECK(eventually([&] { return thread_count() == threads; }));
}

TEST_CASE("However often its agents die, a client goes on and keeps nothing of them") {
  const Watchdog watchdog("deaths of a client's agents at any time", 3 * patience);
  const int agents = GENERATE(1, 2);
  const Patient patient(agents);
  auto& bomb = const_cast<Patient&>(patient).bomb;
  const std::size_t threads = thread_count();
  std::size_t threads_most = 0;
  constexpr int looks_max = 25;
  for (int looks = 1; looks <= looks_max; ++looks) {
    bomb.arm(looks);
    while (!bomb.has_gone_off()) {
      ResponseFuture future = patient.send("/status/200");
      REQUIRE(future.wait_for(patience));
      try {
        const int status = future.get().complete().status();
        REQUIRE(status == 200);
      } catch (const Error& error) {
        REQUIRE(error.message() == "agent failed: the selector broke");
      } catch (const std::runtime_error& error) {  // before anything was sent
        REQUIRE(std::string(error.what()) == "cannot start: the agent failed at once, see the log");
      }
    }
    threads_most = std::max(threads_most, thread_count());
  }
  REQUIRE(patient.send("/status/200").get().status() == 200);
  const std::size_t server_threads = patient.server.connections();
  CHECK(threads_most <= threads + server_threads + 3 * static_cast<std::size_t>(agents));
}

TEST_CASE("Agents that cannot be made are an error of the request") {
  const Client client = ClientAccess::make(test_configuration(), []() -> std::unique_ptr<Selector> {
    throw std::runtime_error("no selector today");
  });
  ResponseFuture future = client.send(Request::get("http://127.0.0.1:1/").build());
  REQUIRE(future.is_ready());
  CHECK_THROWS_WITH(future.get(), "no selector today");
}

TEST_CASE("Agents that fail at once do not keep a caller for ever") {
  const Watchdog watchdog("agents that fail at once");
  class Broken final : public Selector {
   public:
    void await(int, Readiness, Company) override {}
    void forget(int) noexcept override {}
    void abandon(int) noexcept override {}
    [[nodiscard]] std::span<curl_waitfd> waitables() override {
      throw std::runtime_error("broken");
    }
    [[nodiscard]] std::span<const Event> ready(Company) override { return {}; }
    [[nodiscard]] bool has_more() const noexcept override { return false; }
  };
  const Client client =
      ClientAccess::make(test_configuration().set_logger(nullptr),
                         []() -> std::unique_ptr<Selector> { return std::make_unique<Broken>(); });
  for (int i = 0; i < 20; ++i) {
    ResponseFuture future = client.send(Request::get("http://127.0.0.1:1/").build());
    REQUIRE(future.wait_for(patience));
    CHECK_THROWS(future.get());
  }
}
