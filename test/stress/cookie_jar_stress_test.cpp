// One jar in many hands at once: agents that set and get, an application that saves and clears.
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/cookie_jar.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int rounds = is_thread_sanitized ? 2'000 : 10'000;
constexpr int host_count = 20;

std::string url_of(int number) { return "https://h" + std::to_string(number % host_count) + "/"; }

}  // namespace

TEST_CASE("a jar in many hands loses nothing and gives no host the cookies of another") {
  const Watchdog watchdog("the jar", 5 * patience);
  CookieJar jar;
  CookieJar other;
  std::atomic<int> refused = 0;
  std::atomic<int> foreign = 0;
  const std::vector<std::function<void(int)>> hands = {
      [&](int i) { refused += jar.set(url_of(i), "a=" + url_of(i)) ? 0 : 1; },
      [&](int i) { refused += jar.set(url_of(i), "n" + std::to_string(i) + "=x") ? 0 : 1; },
      [&](int i) { refused += jar.set(url_of(i), "s=1; secure; max-age=0") ? 0 : 1; },
      [&](int i) {
        const std::string header = jar.header_for(url_of(i));
        const auto found = header.find("a=https://");
        if (found != std::string::npos && header.find("a=" + url_of(i)) != found) ++foreign;
      },
      [&](int i) {
        if (i % 100 == 0) other.load_json(jar.to_json());
        if (i % 250 == 0) jar.clear_session();
      },
      [&](int i) {
        if (jar.cookies().size() > 3000) ++foreign;
        jar.add({.name = "own", .value = std::to_string(i), .domain = "h1", .path = "/"});
      }};
  std::vector<std::thread> threads;
  for (const auto& hand : hands) {
    threads.emplace_back([&hand] {
      for (int i = 0; i < rounds; ++i) hand(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused == 0);
  CHECK(foreign == 0);
  // In the crowd the bound of a domain may have cost it its place.
  jar.add({.name = "own", .value = "last", .domain = "h1", .path = "/"});
  CHECK(jar.header_for("https://h1/").find("own=last") != std::string::npos);
  CHECK(other.cookies().size() <= 3000);
}
