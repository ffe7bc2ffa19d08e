// Payloads in a real redis-server: what stands in it, who may, and several users at once.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/forked_child.hpp"
#include "support/redis_client.hpp"
#include "support/redis_server.hpp"
#include "support/store_failure.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

std::string findings(const std::string& url) {
  const auto make = [&url] { return std::make_shared<RedisStore>(RedisStoreOptions{.url = url}); };
  std::string text;
  for (const PayloadStoreFinding& finding : check_payload_store(make)) {
    text += finding.rule + ": " + finding.detail + "\n";
  }
  return text;
}

/// How many connections the server has but the one that asks.
int connections(const RedisServer& server) {
  const std::string clients = server.ask({"INFO", "clients"});
  return std::stoi(clients.substr(clients.find("connected_clients:") + 18)) - 1;
}

}  // namespace

TEST_CASE("a Redis store keeps the rules of payload stores, over TCP and a unix socket") {
  REQUIRE(RedisStore::is_available());
  RedisServer server;
  CHECK(findings(server.url()).empty());
  CHECK(findings(server.unix_url()).empty());
  CHECK(server.ask({"DBSIZE"}) == "0");
}

TEST_CASE("a payload stands in Redis as a string under the prefix and the key") {
  RedisServer server;
  RedisClient monitor(server.port());
  REQUIRE(monitor.ask({"MONITOR"}) == "OK");
  const auto next_command = [&monitor] {
    const std::string line = monitor.receive_line();  // +1700000000.0 [0 127.0.0.1:1] "SET" ...
    return line.substr(line.find("] ") + 2);
  };
  RedisStore store({.url = server.url()});
  CHECK(store.store("a-key", "{\"a\":1}\n") == "a-key");
  CHECK(next_command() == R"("SET" "async_http_pool:payloads:a-key" "{\"a\":1}\n")");
  CHECK(store.fetch("a-key") == "{\"a\":1}\n");
  CHECK(next_command() == R"("GET" "async_http_pool:payloads:a-key")");
  store.remove("a-key");
  CHECK(next_command() == R"("DEL" "async_http_pool:payloads:a-key")");

  RedisStore other({.url = server.url(), .key_prefix = "p:\r\n ", .ttl = 1500ms});
  other.store("k", "");
  CHECK(next_command() == R"("SET" "p:\r\n k" "" "PX" "1500")");
}

TEST_CASE("a payload with a time to live is gone after it, and one without stays") {
  RedisServer server;
  RedisStore brief({.url = server.url(), .key_prefix = "", .ttl = 300ms});
  RedisStore lasting({.url = server.url(), .key_prefix = ""});
  brief.store("brief", "x");
  lasting.store("lasting", "x");
  const int left = std::stoi(server.ask({"PTTL", "brief"}));
  CHECK((left <= 300 && left != -1));
  CHECK(server.ask({"PTTL", "lasting"}) == "-1");
  CHECK(eventually([&] { return !brief.fetch("brief").has_value(); }));
  lasting.store("brief", "x");
  CHECK(server.ask({"PTTL", "brief"}) == "-1");
}

TEST_CASE("a database is selected by number, and one that is none is told") {
  RedisServer server;
  RedisStore store({.url = server.url() + "/5", .key_prefix = ""});
  store.store("k", "x");
  CHECK(server.ask({"GET", "k"}) == "(nil)");
  CHECK(server.ask({"INFO", "keyspace"}).find("db5:keys=1") != std::string::npos);
  RedisStore unix_store({.url = server.unix_url() + "?db=5", .key_prefix = ""});
  CHECK(unix_store.fetch("k") == "x");
  RedisStore wrong({.url = server.url() + "/16"});
  CHECK(
      failure_of([&] { wrong.store("k", "x"); }).starts_with("misconfigured: redis at 127.0.0.1:"));
}

TEST_CASE("who has no password, or a wrong one, is unauthorized, and no message tells it") {
  const std::string password = "p@ss:/#word";
  RedisServer server({.arguments = {}, .password = password});
  const auto attempt = [&](const std::string& user, const std::string& given) {
    RedisStoreOptions options;
    options.port = server.port();
    options.user = user;
    options.password = given;
    RedisStore store(options);
    const std::string failure = failure_of([&] { store.store("k", "x"); });
    CHECK((given.empty() || failure.find(given) == std::string::npos));
    return failure.substr(0, failure.find(':'));
  };
  CHECK(attempt("", password).empty());
  CHECK(attempt("default", password).empty());
  CHECK(attempt("", "") == "unauthorized");
  CHECK(attempt("", "wr0ng") == "unauthorized");
  CHECK(attempt("nobody", password) == "unauthorized");

  RedisStore by_url(
      {.url = "redis://:p%40ss%3A%2F%23word@127.0.0.1:" + std::to_string(server.port())});
  CHECK(by_url.fetch("k") == "x");
}

TEST_CASE("a password for a server that wants none is told as such") {
  RedisServer server;
  RedisStore store({.url = "redis://:secret@127.0.0.1:" + std::to_string(server.port())});
  const std::string failure = failure_of([&] { store.store("k", "x"); });
  CHECK(failure.starts_with("unauthorized: "));
  CHECK(failure.find("secret") == std::string::npos);
}

TEST_CASE("a user of an ACL may do what it allows") {
  RedisServer server;
  REQUIRE(server.ask({"ACL", "SETUSER", "writer", "on", ">pw", "~p:*", "+set"}) == "OK");
  REQUIRE(server.ask({"ACL", "SETUSER", "free", "on", "nopass", "~*", "+@all"}) == "OK");
  const std::string place = "@127.0.0.1:" + std::to_string(server.port());
  RedisStore writer({.url = "redis://writer:pw" + place, .key_prefix = "p:"});
  CHECK(failure_of([&] { writer.store("k", "x"); }).empty());
  CHECK(failure_of([&] { writer.fetch("k"); }).starts_with("unauthorized: "));
  RedisStore elsewhere({.url = "redis://writer:pw" + place, .key_prefix = "q:"});
  CHECK(failure_of([&] { elsewhere.store("k", "x"); }).starts_with("unauthorized: "));
  RedisStore without_password({.url = "redis://free:any" + place, .key_prefix = "p:"});
  CHECK(without_password.fetch("k") == "x");
}

TEST_CASE("never more connections than allowed, however many threads there are") {
  RedisServer server;
  RedisStore store({.url = server.url(), .connect_timeout = patience, .max_connections = 2});
  std::atomic<bool> is_over = false;
  std::atomic<int> most = 0;
  std::thread observer([&] {
    while (!is_over) most = std::max(most.load(), connections(server));
  });
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      const std::string key = std::to_string(number);
      for (int round = 0; round < 100; ++round) {
        store.store(key, key + std::to_string(round));
        if (store.fetch(key) != key + std::to_string(round)) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  is_over = true;
  observer.join();
  CHECK(failures == 0);
  CHECK(most <= 2);
  CHECK(connections(server) <= 2);
  CHECK(server.ask({"INFO", "stats"}).find("rejected_connections:0") != std::string::npos);
}

TEST_CASE("one thread uses one connection, again and again") {
  RedisServer server;
  RedisStore store({.url = server.url()});
  for (int round = 0; round < 20; ++round) store.store("k", "x");
  CHECK(connections(server) == 1);
}

TEST_CASE("a child after fork leaves the connections of its parent alone") {
  RedisServer server;
  RedisStore store({.url = server.url(), .key_prefix = ""});
  store.store("k", "parent");
  CHECK(run_forked([&] {
          if (store.fetch("k") != "parent") return 1;
          store.store("k", "child");
          return connections(server) == 2 ? 0 : 2;  // one of its own
        }) == "exit 0");
  CHECK(store.fetch("k") == "child");
  CHECK(eventually([&] { return connections(server) == 1; }));
}

TEST_CASE("64 MiB of any bytes come back, over both kinds of sockets") {
  RedisServer server;
  std::string payload(std::size_t{64} << 20, '\0');
  for (std::size_t i = 0; i < payload.size(); i += 997) payload[i] = static_cast<char>(i);
  for (const std::string& url : {server.url(), server.unix_url()}) {
    RedisStore store({.url = url, .command_timeout = patience});
    store.store("k", payload);
    CHECK((store.fetch("k") == payload));
    store.remove("k");
    CHECK_FALSE(store.fetch("k").has_value());
  }
}
