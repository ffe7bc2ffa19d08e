#include "wire/json_writer.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

std::string seconds(std::chrono::nanoseconds value) {
  JsonWriter writer;
  writer.seconds(value);
  return writer.take();
}

}  // namespace

TEST_CASE("Values are written compactly and in order") {
  CHECK(Value().to_json() == "null");
  CHECK(Value::array().to_json() == "[]");
  CHECK(Value::object().to_json() == "{}");
  CHECK(Value::object(
            {{"b", Value::array({1, true, nullptr, Value::array(), Value::object({{"x", -1}})})},
             {"a", "t"}})
            .to_json() == R"({"b":[1,true,null,[],{"x":-1}],"a":"t"})");
}

TEST_CASE("Only what JSON demands is escaped") {
  CHECK(Value("é ☃ 😀 / \x7f \xe2\x80\xa8").to_json() == "\"é ☃ 😀 / \x7f \xe2\x80\xa8\"");
  CHECK(Value("\"\\\b\t\n\f\r").to_json() == R"("\"\\\b\t\n\f\r")");
  CHECK(Value(std::string("\0\x1f", 2)).to_json() == R"("\u0000\u001F")");
  CHECK(Value::object({{"a\"b\n", 1}}).to_json() == R"({"a\"b\n":1})");
}

TEST_CASE("What JSON cannot express is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Value& value :
       {Value(nan), Value(infinity), Value(-infinity), Value("\xff"), Value("a\xc3"),
        Value("\xed\xa0\x80"), Value("\xc0\x80"), Value::array({1, Value::array({nan})}),
        Value::object({{"\xff", 1}}), Value::object({{"a", "\xf4\x90\x80\x80"}})}) {
    CHECK_THROWS_AS(value.to_json(), std::invalid_argument);
  }
}

TEST_CASE("Numbers keep their type and value") {
  CHECK(Value(5.0).to_json() == "5.0");
  CHECK(Value(5).to_json() == "5");
  CHECK(Value(-0.0).to_json() == "-0.0");
  CHECK(Value(0.1).to_json() == "0.1");
  CHECK(Value(std::numeric_limits<std::int64_t>::min()).to_json() == "-9223372036854775808");
  CHECK(Value(std::numeric_limits<std::uint64_t>::max()).to_json() == "18446744073709551616.0");
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    const std::string text = Value(number).to_json();
    const Value back = Value::from_json(text);
    if (!back.is_double() || back.as_double() != number) FAIL(text);
  }
  CHECK(Value::from_json(Value(std::numeric_limits<double>::max()).to_json()) ==
        Value(std::numeric_limits<double>::max()));
  CHECK(Value::from_json(Value(std::numeric_limits<double>::denorm_min()).to_json()) ==
        Value(std::numeric_limits<double>::denorm_min()));
}

TEST_CASE("Durations are seconds in their shortest exact form") {
  CHECK(seconds(0ns) == "0");
  CHECK(seconds(5s) == "5");
  CHECK(seconds(12500ms) == "12.5");
  CHECK(seconds(123456789ns) == "0.123456789");
  CHECK(seconds(60000123us) == "60.000123");
  CHECK(seconds(1ns) == "0.000000001");
  CHECK(seconds(100s) == "100");
  CHECK(seconds(-1500ms) == "-1.5");
  CHECK(seconds(-500ms) == "-0.5");
  CHECK(seconds(std::chrono::nanoseconds::max()) == "9223372036.854775807");
  CHECK(seconds(std::chrono::nanoseconds::min()) == "-9223372036.854775808");
}

TEST_CASE("A deeply nested value is written without recursion") {
  // Not deeper: the destructor of a value is recursive.
  Value value(1);
  for (int i = 0; i < 2000; ++i) value = Value::array({std::move(value)});
  CHECK(value.to_json() == std::string(2000, '[') + "1" + std::string(2000, ']'));
}

TEST_CASE("A misuse of the writer is an exception and no abort") {
  JsonWriter writer;
  writer.begin_object();
  CHECK_THROWS_AS(writer.integer(1), std::logic_error);
  CHECK_THROWS_AS(writer.end_array(), std::logic_error);
}

}  // namespace async_http_pool
