#include "base/random_fraction.hpp"

#include <array>
#include <thread>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("random fractions lie in [0, 1) and are spread over all of it") {
  constexpr int rounds = 10'000;
  std::array<int, 10> tenths{};
  for (int i = 0; i < rounds; ++i) {
    const double fraction = random_fraction();
    REQUIRE(fraction >= 0.0);
    REQUIRE(fraction < 1.0);
    ++tenths[static_cast<std::size_t>(fraction * 10)];
  }
  for (const int count : tenths) CHECK(count > rounds / 20);
}

TEST_CASE("each thread has random fractions of its own") {
  std::array<double, 4> here{};
  std::array<double, 4> there{};
  for (double& fraction : here) fraction = random_fraction();
  std::thread([&there] {
    for (double& fraction : there) fraction = random_fraction();
  }).join();
  CHECK(here != there);
}

}  // namespace
}  // namespace async_http_pool
