// A process that forks or ends while it has a client.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/forked_child.hpp"
#include "support/running_processor.hpp"
#include "support/tiny_server.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cstdlib>
#include <optional>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Request get_of(const std::string& url) { return Request::get(url).build(); }

/// What a child finds wrong with its parent's client: a number, 0 for nothing.
int inspect_in_child(std::optional<Client>& client, const std::string& url) {
  try {
    static_cast<void>(client->send(get_of(url)).get());
    return 1;
  } catch (const NotRunningError& error) {
    if (std::string(error.what()).find("fork") == std::string::npos) return 2;
  }
  try {
    static_cast<void>(client->get(url));
    return 3;
  } catch (const NotRunningError&) {  // as it should be
  }
  if (client->total_count() != 0) return 4;
  client.reset();
  return 0;
}

}  // namespace

TEST_CASE("a forked child can do nothing to its parent's client") {
  const Watchdog watchdog("forking with a client");
  DynamicServer server;
  std::optional<Client> client(without_retries());
  SECTION("that was never used") {
    CHECK(run_forked([&] { return inspect_in_child(client, server.url("/status/200")); }) ==
          "exit 0");
    CHECK(client->get(server.url("/status/200")).status() == 200);
  }
  SECTION("that is at work") {
    CHECK(client->get(server.url("/status/200")).status() == 200);
    ResponseFuture held = client->send(get_of(server.url("/hold")));
    REQUIRE(server.wait_for_requests(2));
    const std::size_t connections = server.connections();
    CHECK(run_forked([&] { return inspect_in_child(client, server.url("/status/200")); }) ==
          "exit 0");
    server.release();
    CHECK(held.get().body().bytes() == "held");
    CHECK(client->get(server.url("/status/200")).status() == 200);
    CHECK(server.connections() == connections);  // the child's end of it was not felt
  }
  SECTION("that is a processor's") {
    Processor processor(without_retries());
    processor.start();
    client.emplace(processor);
    CHECK(client->get(server.url("/status/200")).status() == 200);
    CHECK(run_forked([&] { return inspect_in_child(client, server.url("/status/200")); }) ==
          "exit 0");
    CHECK(client->get(server.url("/status/200")).status() == 200);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("a child may make clients of its own") {
  const Watchdog watchdog("a client in a child");
  TinyServer server;
  const Client client(without_retries());
  REQUIRE(client.get(server.url("/fast")).body() == "ok");
  CHECK(run_forked([&] {
          const Client own(without_retries());
          return own.get(server.url("/fast")).body() == "ok" ? 0 : 1;
        }) == "exit 0");
}

// Each of the hidden test cases ends its process; those that show what they should end with 7.

namespace {

constexpr int expected_code = 7;

/// Never destroyed: a server of a process that ends.
TinyServer& immortal_server() {
  static auto* const server = new TinyServer;
  return *server;
}

[[noreturn]] void wait_for_exit() {
  const Gate never;
  while (true) static_cast<void>(never.wait());
}

}  // namespace

TEST_CASE("exit with a static client at work", "[.child]") {
  static const Client client(without_retries());
  static const ResponseFuture held = client.send(get_of(immortal_server().url("/hold")));
  REQUIRE(client.get(immortal_server().url("/fast")).body() == "ok");
  std::exit(expected_code);
}

TEST_CASE("exit with the process's own client", "[.child]") {
  REQUIRE(async_http_pool::get(immortal_server().url("/fast")).body() == "ok");
  std::exit(expected_code);
}

TEST_CASE("exit inside a continuation of a static client", "[.child]") {
  static const Client client(without_retries());
  client.send(get_of(immortal_server().url("/fast"))).then([](const ResponseFuture&) {
    std::exit(expected_code);
  });
  wait_for_exit();
}

TEST_CASE("a process with a client at work ends when it is told to") {
  const std::string how =
      GENERATE("exit with a static client at work", "exit with the process's own client",
               "exit inside a continuation of a static client");
  CAPTURE(how);
  CHECK(run_test_case(how) == "exit " + std::to_string(expected_code));
}
