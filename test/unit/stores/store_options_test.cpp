// How the options of a store are read from an object.
#include "stores/store_options.hpp"

#include <chrono>
#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

/// The refusal when option "x" has `value` and is read by `read`.
template <typename Read>
std::string refusal(Value value, Read read) {
  const Value options = Value::object({{"x", std::move(value)}});
  return refusal_of([&] {
    StoreOptions reader("test", options);
    return (reader.*read)("x");
  });
}

std::string must_be(const std::string& rule) {
  return "option \"x\" of payload store adapter \"test\" must be " + rule;
}

TEST_CASE("options are read by name and type") {
  const Value options = Value::object(
      {{"text", "t"}, {"flag", false}, {"count", -7}, {"time", 1.5}, {"whole", 86400}});
  StoreOptions reader("test", options);
  CHECK(reader.string("text") == "t");
  CHECK(reader.boolean("flag") == false);
  CHECK(reader.integer("count") == -7);
  CHECK(reader.seconds("time") == 1500ms);
  CHECK(reader.seconds("whole") == 24h);
  reader.refuse_others();
}

TEST_CASE("an option that is not there, or null, leaves the default") {
  const Value options = Value::object({{"text", nullptr}});
  StoreOptions reader("test", options);
  CHECK_FALSE(reader.string("text").has_value());
  CHECK_FALSE(reader.integer("count").has_value());
  std::string target = "default";
  StoreOptions::take(reader.string("text"), target);
  CHECK(target == "default");
  StoreOptions::take(std::optional<std::string>("other"), target);
  CHECK(target == "other");
  reader.refuse_others();
}

TEST_CASE("a value of another type is refused, and not shown, for it may be a password") {
  CHECK(refusal(5, &StoreOptions::string) == must_be("a string"));
  CHECK(refusal("secret", &StoreOptions::integer) == must_be("an integer"));
  CHECK(refusal("secret", &StoreOptions::boolean) == must_be("true or false"));
  CHECK(refusal(1, &StoreOptions::boolean) == must_be("true or false"));
  CHECK(refusal(1.5, &StoreOptions::integer) == must_be("an integer"));
  CHECK(refusal(std::int64_t{1} << 31, &StoreOptions::integer) == must_be("an integer"));
  CHECK(refusal(Value::array(), &StoreOptions::string) == must_be("a string"));
}

TEST_CASE("a time is 1 ms to 365 days") {
  const std::string rule = must_be("a number of seconds between 0.001 and 31536000");
  for (const double seconds : {0.0, -1.0, 0.0009, 31536000.001, 1e300}) {
    INFO(seconds);
    CHECK(refusal(seconds, &StoreOptions::seconds) == rule);
  }
  CHECK(refusal("1", &StoreOptions::seconds) == rule);
  CHECK(refusal(true, &StoreOptions::seconds) == rule);
  const Value options = Value::object({{"least", 0.001}, {"most", 31536000}});
  StoreOptions reader("test", options);
  CHECK(reader.seconds("least") == 1ms);
  CHECK(reader.seconds("most") == 24h * 365);
}

TEST_CASE("a time may be 0 where it is said so") {
  const std::string rule = must_be("a number of seconds between 0 and 31536000");
  CHECK(refusal(-0.001, &StoreOptions::seconds_or_zero) == rule);
  CHECK(refusal(31536000.001, &StoreOptions::seconds_or_zero) == rule);
  const Value options = Value::object({{"none", 0}, {"some", 0.25}});
  StoreOptions reader("test", options);
  CHECK(reader.seconds_or_zero("none") == 0ms);
  CHECK(reader.seconds_or_zero("some") == 250ms);
}

TEST_CASE("an option that nobody asked for is refused with those there are") {
  const Value options = Value::object({{"directory", "/x"}, {"dirctory", "/y"}});
  CHECK(refusal_of([&] {
          StoreOptions reader("file", options);
          static_cast<void>(reader.string("directory"));
          static_cast<void>(reader.seconds("leftover_age"));
          reader.refuse_others();
          return 0;
        }) ==
        "payload store adapter \"file\" has no option \"dirctory\", only: directory, leftover_age");
}

TEST_CASE("options have to be an object") {
  for (const Value& value : {Value(), Value("x"), Value::array(), Value(1)}) {
    CHECK(refusal_of([&] { return StoreOptions("file", value); }) ==
          "options of payload store adapter \"file\" must be an object");
  }
}

}  // namespace
}  // namespace async_http_pool
