#include "base/guarded.hpp"

#include <memory>
#include <string>
#include <thread>
#include <type_traits>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("a guarded value is reached and changed through a function") {
  Guarded<std::string> text("a");
  text.with([](std::string& value) { value += "b"; });
  CHECK(text.with([](const std::string& value) { return value; }) == "ab");
  CHECK(Guarded<int>().with([](int value) { return value; }) == 0);
}

TEST_CASE("a guarded value that is const stays so") {
  const Guarded<std::string> text("a");
  const bool is_const = text.with(
      [](auto& value) { return std::is_const_v<std::remove_reference_t<decltype(value)>>; });
  CHECK(is_const);
}

TEST_CASE("a guarded value may be one that can only be moved") {
  Guarded<std::unique_ptr<int>> pointer(std::make_unique<int>(7));
  const std::unique_ptr<int> taken =
      pointer.with([](std::unique_ptr<int>& value) { return std::move(value); });
  CHECK(*taken == 7);
}

TEST_CASE("what the function throws passes, and the value can be reached afterwards") {
  Guarded<int> number(1);
  CHECK_THROWS_AS(number.with([](int&) -> int { throw 7; }), int);
  CHECK(number.with([](int value) { return value; }) == 1);
}

TEST_CASE("two threads never reach a guarded value at once") {
  constexpr int rounds = 20'000;
  Guarded<int> number(0);
  const auto count = [&number] {
    for (int i = 0; i < rounds; ++i) number.with([](int& value) { ++value; });
  };
  std::thread other(count);
  count();
  other.join();
  CHECK(number.with([](int value) { return value; }) == 2 * rounds);
}

}  // namespace
}  // namespace async_http_pool
