// What a Redis store does when the server is gone, late, full, read-only or a liar.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/forked_child.hpp"
#include "support/full_listener.hpp"
#include "support/redis_client.hpp"
#include "support/redis_server.hpp"
#include "support/scripted_server.hpp"
#include "support/slow_resolver.hpp"
#include "support/store_failure.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

RedisStoreOptions options_for(std::uint16_t port) {
  RedisStoreOptions options;
  options.port = port;
  options.key_prefix = "";
  return options;
}

std::string fetch_from(const ScriptedServer& server) {
  RedisStore store(options_for(server.port()));
  return failure_of([&] { store.fetch("k"); });
}

std::string place(std::uint16_t port) {
  return "redis at 127.0.0.1:" + std::to_string(port) + ": ";
}

}  // namespace

TEST_CASE("a full server, a replica and a wrong type are told by their codes") {
  RedisServer small({.arguments = {"--maxmemory", "1mb", "--maxmemory-policy", "noeviction"}});
  RedisStore full({.url = small.url()});
  CHECK(failure_of([&] { full.store("k", std::string(2 << 20, 'x')); }).starts_with("full: "));
  CHECK(failure_of([&] { full.fetch("k"); }).empty());

  RedisServer replica({.arguments = {"--replicaof", "127.0.0.1", std::to_string(free_port())}});
  RedisStore read_only({.url = replica.url()});
  CHECK(failure_of([&] { read_only.store("k", "x"); }).starts_with("read_only: "));

  RedisServer server;
  REQUIRE(server.ask({"RPUSH", "list", "x"}) == "1");
  RedisStore store({.url = server.url(), .key_prefix = ""});
  CHECK(failure_of([&] { store.fetch("list"); }).starts_with("corrupt: redis at 127.0.0.1:"));
}

TEST_CASE("a payload beyond the limit of the server is too large, and nothing of it is stored") {
  RedisServer server({.arguments = {"--proto-max-bulk-len", "1mb"}});
  for (const std::string& url : {server.url(), server.unix_url()}) {
    RedisStore store({.url = url, .key_prefix = ""});
    store.store("k", "old");
    const std::string large(std::size_t{8} << 20, 'x');
    CHECK(failure_of([&] { store.store("k", large); }).starts_with("payload_too_large: "));
    CHECK(store.fetch("k") == "old");
  }
}

TEST_CASE("what a server says that is still loading, and other errors") {
  ScriptedServer loading({send("-LOADING Redis is loading the dataset in memory\r\n")});
  CHECK(fetch_from(loading) == "overloaded: " + place(loading.port()) +
                                   "GET k: LOADING Redis is loading the dataset in memory");
  ScriptedServer echo(
      {send("-ERR unknown command 'AUTH', with args beginning with: 'secret' 'x'\r\n")});
  RedisStoreOptions options = options_for(echo.port());
  options.password = "secret";
  RedisStore store(options);
  CHECK(failure_of([&] { store.fetch("k"); }) ==
        "internal: " + place(echo.port()) + "GET k: AUTH failed: ERR");
}

TEST_CASE("a password for Redis is in no message, wherever the server repeats it") {
  const std::string password(300, 'p');
  for (const std::string& user : {std::string(), std::string("bob")}) {
    for (const std::string& text :
         {password, "ERR" + password, user + password + " x", "ERR AUTH " + user + " " + password,
          "ERR 'bob' '" + password}) {
      INFO(text);
      ScriptedServer at_login({send("-" + text + "\r\n")});
      RedisStoreOptions options = options_for(at_login.port());
      options.user = user;
      options.password = password;
      RedisStore refused(options);
      const std::string login = failure_of([&] { refused.fetch("k"); });
      CHECK_THAT(login, Catch::Contains("AUTH failed: ") && !Catch::Contains("ppp") &&
                            !Catch::Contains("bob"));

      ScriptedServer later({send("+OK\r\n-ERR " + std::string(50, 'x') + text + "\r\n")});
      options.port = later.port();
      RedisStore store(options);
      const std::string message = failure_of([&] { store.fetch("k"); });
      CHECK_THAT(message, Catch::Contains("***") && !Catch::Contains("ppp"));
    }
  }
}

TEST_CASE("a resolver that hangs does not hold up a call to Redis") {
  const SlowResolver resolver;
  RedisStore store({.host = "redis.slow.test", .connect_timeout = 100ms});
  const auto begin = Clock::now();
  CHECK(failure_of([&] { store.fetch("k"); }) ==
        "unavailable: redis at redis.slow.test:6379: GET k: cannot look up the host: no answer in "
        "time");
  CHECK(Clock::now() - begin < patience / 2);
}

TEST_CASE("an address of Redis that takes no connections leaves time for the next one") {
  ScriptedServer server({send("$1\r\na\r\n")});
  Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in dead{};
  dead.sin_family = AF_INET;
  dead.sin_port = htons(server.port());
  dead.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  REQUIRE(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&dead), sizeof dead) == 0);
  REQUIRE(::listen(listener.number(), 0) == 0);
  const FullListener full(std::move(listener), dead.sin_addr.s_addr);
  RedisStoreOptions options = options_for(server.port());
  options.host = "redis.twice.test";
  options.connect_timeout = 2s;
  RedisStore store(options);
  CHECK(store.fetch("k") == "a");
}

TEST_CASE("replies that make no sense are internal errors") {
  for (const std::string reply :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "garbage", ":1\r\n", "+OK\r\n", "*1\r\n$1\r\na\r\n",
        "$-2\r\n", "$x\r\n", "*-5\r\n", "\r\n", "%1\r\n+a\r\n+b\r\n", ">1\r\n+a\r\n"}) {
    INFO(reply);
    ScriptedServer server({send(reply)});
    CHECK(fetch_from(server).starts_with("internal: " + place(server.port())));
  }
}

TEST_CASE("a connection that ends before or within the reply is unavailable") {
  for (const std::string part : {"", "$", "$5\r\nab", "$5\r\nabcde", "$5\r\nabcde\r"}) {
    INFO(part);
    ScriptedServer closing({send(part), close()});
    CHECK(fetch_from(closing).starts_with("unavailable: " + place(closing.port())));
    ScriptedServer resetting({send(part), reset()});
    CHECK(fetch_from(resetting).starts_with("unavailable: " + place(resetting.port())));
    CHECK(closing.connections() == 1);  // it was fresh: there is no second attempt
  }
}

TEST_CASE("a connection with a reply too many is not used again") {
  ScriptedServer server({send("$1\r\na\r\n$1\r\nb\r\n")});
  RedisStore store(options_for(server.port()));
  for (int round = 0; round < 3; ++round) CHECK(store.fetch("k") == "a");
  CHECK(server.connections() == 3);
}

TEST_CASE("an idle connection that the server closed is replaced") {
  RedisServer server;
  RedisStore store({.url = server.url()});
  for (int round = 0; round < 3; ++round) {
    store.store("k", "x");
    REQUIRE(server.ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}) == "1");
    CHECK(store.fetch("k") == "x");
    server.restart();
    CHECK_FALSE(store.fetch("k").has_value());
  }
}

TEST_CASE("a command on a used connection that breaks is tried once more on a fresh one") {
  ScriptedServer server;
  Gate broken;
  // The first answers one command; what is sent then meets the end of the connection.
  server.on_connection(0, {send("$1\r\na\r\n"), wait_for(broken), close()});
  server.otherwise({send("$1\r\nb\r\n"), send("$1\r\n")});
  RedisStore store(options_for(server.port()));
  CHECK(store.fetch("k") == "a");
  std::thread closer([&broken] { broken.open(); });
  CHECK(store.fetch("k") == "b");
  closer.join();
  CHECK(server.connections() == 2);
}

TEST_CASE("a server that is down is unavailable, and is not besieged") {
  // The listener takes connections, and none of them comes to anything.
  ScriptedServer server({close()});
  RedisStoreOptions options = options_for(server.port());
  options.connect_timeout = 200ms;
  options.password = "x";  // so that the end comes while the connection is being made
  RedisStore store(options);
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  std::atomic<int> others = 0;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&] {
      while (Clock::now() < begin + 1500ms) {
        if (!failure_of([&] { store.fetch("k"); }).starts_with("unavailable: ")) ++others;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(others == 0);
  // At the least after 50, 100, 200, 400 and 800 ms; at first all at once.
  CHECK(server.connections() >= 3);
  CHECK(server.connections() <= 4 + 5);
}

TEST_CASE("nobody listens: each call fails in bounded time, and the message says where") {
  const std::uint16_t port = free_port();
  RedisStoreOptions options = options_for(port);
  options.connect_timeout = 100ms;
  RedisStore store(options);
  for (int round = 0; round < 5; ++round) {
    const auto begin = Clock::now();
    CHECK(failure_of([&] { store.store("k", "x"); }) ==
          "unavailable: " + place(port) + "SET k: cannot connect: Connection refused");
    CHECK(Clock::now() - begin < 5s);
  }
  RedisStore unix_store({.url = "unix:///nowhere/socket"});
  CHECK(failure_of([&] { unix_store.fetch("k"); }) ==
        "unavailable: redis at /nowhere/socket: GET k: cannot connect: No such file or directory");
}

TEST_CASE("restarts while threads are at work: a call succeeds or is unavailable, then all do") {
  const Watchdog watchdog("restarts of redis-server");
  RedisServer server;
  RedisStore store({.url = server.url(), .max_connections = 3});
  std::atomic<bool> is_over = false;
  std::atomic<int> successes = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 6; ++number) {
    threads.emplace_back([&, key = std::to_string(number)] {
      while (!is_over) {
        const std::string failure = failure_of([&] {
          store.store(key, key);
          const auto found = store.fetch(key);  // none when there was a restart in between
          if (found && *found != key) ++wrong;
          ++successes;
        });
        // While it starts, a server may say that it is loading.
        if (!failure.empty() && !failure.starts_with("unavailable: ") &&
            !failure.starts_with("overloaded: ")) {
          ++wrong;
        }
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int before = successes;
    CHECK(eventually([&] { return successes > before + 20; }));
    server.restart();
  }
  CHECK(eventually([&] { return failure_of([&] { store.store("k", "x"); }).empty(); }));
  const int before = successes;
  CHECK(eventually([&] { return successes > before + 100; }));
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a server that stops answering is timed out, and its late replies answer nothing") {
  RedisServer server;
  RedisStore store({.url = server.url(), .key_prefix = "", .command_timeout = 100ms});
  store.store("a", "1");
  store.store("b", "2");
  server.pause();
  const auto begin = Clock::now();
  CHECK(failure_of([&] { store.fetch("a"); }) ==
        "timeout: " + place(server.port()) + "GET a: no answer in time");
  CHECK(Clock::now() - begin < 5s);
  server.resume();
  CHECK(eventually([&] { return failure_of([&] { store.fetch("b"); }).empty(); }));
  for (int round = 0; round < 10; ++round) CHECK(store.fetch("b") == "2");
}

TEST_CASE("a reply that comes byte by byte is bounded as a whole") {
  ScriptedServer server({send_slowly("$1000\r\n" + std::string(1000, 'x'), 20ms)});
  RedisStoreOptions options = options_for(server.port());
  options.command_timeout = 200ms;
  RedisStore store(options);
  const auto begin = Clock::now();
  CHECK(failure_of([&] { store.fetch("k"); }).starts_with("timeout: "));
  CHECK(Clock::now() - begin < 10s);  // the whole reply takes 20 s
}

TEST_CASE("a write to a server that is gone raises no SIGPIPE") {
  TempDirectory directory;
  const std::string path = (directory.path() / "socket").string();
  const Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  REQUIRE(::listen(listener.number(), 8) == 0);
  CHECK(run_forked([&] {
          ::signal(SIGPIPE, SIG_DFL);
          sigset_t none;
          ::sigemptyset(&none);
          ::sigprocmask(SIG_SETMASK, &none, nullptr);
          std::thread server([&] { Descriptor(::accept(listener.number(), nullptr, nullptr)); });
          RedisStore store({.url = "unix://" + path, .command_timeout = patience});
          const std::string payload(std::size_t{32} << 20, 'x');
          const std::string failure = failure_of([&] { store.store("k", payload); });
          server.join();
          return failure.starts_with("unavailable: ") ? 0 : 1;
        }) == "exit 0");
}
