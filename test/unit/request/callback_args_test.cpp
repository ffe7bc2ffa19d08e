#include <async_http_pool/callback_args.hpp>

#include <limits>
#include <stdexcept>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

Value nested(std::size_t depth) {
  Value value(1);
  for (std::size_t i = 0; i < depth; ++i) value = Value::array({std::move(value)});
  return value;
}

std::string refusal_of(Value value) {
  try {
    const CallbackArgs args(std::move(value));
    return "accepted";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("Callback arguments keep every JSON type and their order") {
  const CallbackArgs args{{"z", nullptr},
                          {"a", true},
                          {"i", -7},
                          {"d", 1.5},
                          {"s", "str ☃"},
                          {"l", Value::array({1, "two"})},
                          {"o", Value::object({{"n", 1}})}};
  CHECK(args.to_json() ==
        R"({"z":null,"a":true,"i":-7,"d":1.5,"s":"str ☃","l":[1,"two"],"o":{"n":1}})");
  CHECK(CallbackArgs::from_json(args.to_json()) == args);
  CHECK(args.size() == 7);
  CHECK(args["i"].as_integer() == -7);
  CHECK(args.contains("z"));
  CHECK_FALSE(args.contains("Z"));
  CHECK(args.fetch("none", 5) == Value(5));
  CHECK(args.fetch("a", 5) == Value(true));
  CHECK_THROWS_AS(args["none"], std::out_of_range);
}

TEST_CASE("No callback arguments are an empty object") {
  CHECK(CallbackArgs().to_json() == "{}");
  CHECK(CallbackArgs().empty());
  CHECK(CallbackArgs({}) == CallbackArgs());
}

TEST_CASE("Callback arguments that JSON cannot express are refused with their path") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto refused = [](Value value) { return refusal_of(std::move(value)); };
  CHECK(refused(Value::object({{"x", nan}})) == "callback_args: x is NaN or infinite");
  CHECK(refused(Value::object({{"args", Value::array({0, Value::object({{"b", -infinity}})})}})) ==
        "callback_args: args[1].b is NaN or infinite");
  CHECK(refused(Value::object({{"a", Value::array({Value::array({0, "\xff"})})}})) ==
        "callback_args: a[0][1] is not UTF-8");
  CHECK(refused(Value::object({{"a", Value::object({{"\xc3", 1}})}})) ==
        "callback_args: a has a member whose name is not UTF-8");
  CHECK(refused(Value::object({{"\xed\xa0\x80", 1}})) ==
        "callback_args: has a member whose name is not UTF-8");
  CHECK(refused(Value::array({1})) == "callback_args: must be an object");
  CHECK(refused("text") == "callback_args: must be an object");
  CHECK(refused(nullptr) == "callback_args: must be an object");
}

TEST_CASE("Names are fit for one line and of bounded length in a refusal") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal_of(Value::object({{"a\x1b[31m\nx", nan}})) ==
        "callback_args: a\\x1b[31m\\x0ax is NaN or infinite");
  CHECK(refusal_of(Value::object({{std::string(64, 'n'), nan}})) ==
        "callback_args: " + std::string(64, 'n') + " is NaN or infinite");
  CHECK(refusal_of(Value::object({{std::string(63, 'n') + "é", nan}})) ==
        "callback_args: " + std::string(63, 'n') + "... is NaN or infinite");
  CHECK(refusal_of(Value::object({{std::string(1'000'000, 'n'), Value::array({nan})}})) ==
        "callback_args: " + std::string(64, 'n') + "...[0] is NaN or infinite");
  Value value = nan;
  for (int i = 0; i < 90; ++i) value = Value::object({{std::string(60, 'n'), std::move(value)}});
  const std::string refusal = refusal_of(std::move(value));
  CHECK(refusal.size() < 550);
  CHECK_THAT(refusal, Catch::Matchers::EndsWith("... is NaN or infinite"));
}

TEST_CASE("The depth of callback arguments is bounded") {
  const CallbackArgs deepest{{"a", nested(95)}};
  CHECK(CallbackArgs::from_json(deepest.to_json()) == deepest);
  CHECK_THAT(refusal_of(Value::object({{"a", nested(96)}})),
             Catch::Matchers::EndsWith("is nested deeper than 96 levels"));
  CHECK_THROWS_AS(CallbackArgs::from_json(Value::object({{"a", nested(110)}}).to_json()),
                  ParseError);
}

TEST_CASE("Callback arguments are read from nothing but an object") {
  for (const char* text : {"", "[]", "null", "1", "\"a\"", "{", "{}x", "{\"a\":NaN}"}) {
    INFO(text);
    CHECK_THROWS_AS(CallbackArgs::from_json(text), ParseError);
  }
}

}  // namespace async_http_pool
