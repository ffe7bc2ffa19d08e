#include "base/name_lookup.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>
#include <thread>

#include "support/catch.hpp"
#include "support/slow_resolver.hpp"

namespace async_http_pool {
namespace {

using namespace test;

/// The addresses, each followed by a blank, or "problem: <what>".
std::string lookup(const std::string& host, std::chrono::milliseconds time = patience) {
  const NameLookup result = look_up_host(host, 6379, SteadyClock::now() + time);
  CHECK((result.addresses == nullptr) != result.problem.empty());
  if (result.addresses == nullptr) return "problem: " + result.problem;
  std::string text;
  for (const addrinfo* at = result.addresses.get(); at != nullptr; at = at->ai_next) {
    char digits[INET6_ADDRSTRLEN] = "IPv6";
    if (at->ai_family == AF_INET) {
      const auto& place = reinterpret_cast<const sockaddr_in&>(*at->ai_addr);
      CHECK(ntohs(place.sin_port) == 6379);
      ::inet_ntop(AF_INET, &place.sin_addr, digits, sizeof digits);
    }
    text += std::string(digits) + " ";
  }
  return text;
}

TEST_CASE("a host name means its addresses, and an address itself") {
  CHECK(lookup("127.0.0.3") == "127.0.0.3 ");
  CHECK(lookup("::1") == "IPv6 ");
  CHECK(lookup("a.local.test") == "127.0.0.1 ");
  CHECK(lookup("a.twice.test") == "127.0.0.2 127.0.0.1 ");
  CHECK(lookup("a.nowhere.test") == "problem: " + std::string(::gai_strerror(EAI_NONAME)));
}

TEST_CASE("an address needs no resolver") { CHECK(lookup("127.0.0.3", 0ms) == "127.0.0.3 "); }

TEST_CASE("a resolver that does not answer is left behind at the deadline") {
  const SlowResolver resolver;
  const auto begin = Clock::now();
  CHECK(lookup("a.slow.test", 50ms) == "problem: no answer in time");
  CHECK(Clock::now() - begin < patience / 2);
  CHECK(resolver.wait_for_blocked(1));
}

TEST_CASE("a resolver that answers late, but in time, is heard") {
  SlowResolver resolver;
  std::thread opener([&] {
    CHECK(resolver.wait_for_blocked(1));
    resolver.open();
  });
  CHECK(lookup("a.slow.test") == "127.0.0.1 ");
  opener.join();
}

}  // namespace
}  // namespace async_http_pool
