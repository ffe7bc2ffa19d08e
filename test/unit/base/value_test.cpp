#include <async_http_pool/value.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

// A pointer would otherwise turn into `true` without a word.
static_assert(!std::is_constructible_v<Value, int*>);
static_assert(!std::is_constructible_v<Value, const void*>);
static_assert(!std::is_constructible_v<Value, const std::string*>);
static_assert(!std::is_convertible_v<const unsigned char*, Value>);
static_assert(std::is_convertible_v<const char*, Value>);
static_assert(std::is_convertible_v<std::string_view, Value>);
static_assert(std::is_convertible_v<unsigned short, Value>);
static_assert(std::is_nothrow_move_constructible_v<Value>);

/// One value of each type and the words of the error messages.
struct Sample {
  Value value;
  std::string_view type;
};

std::vector<Sample> samples() {
  return {{nullptr, "null"},
          {true, "a bool"},
          {7, "an integer"},
          {0.5, "a double"},
          {"text", "a string"},
          {Value::array(), "an array"},
          {Value::object(), "an object"}};
}

/// Reads `value` as `type`, whatever it is.
void read_as(const Value& value, std::string_view type) {
  if (type == "a bool") (void)value.as_bool();
  if (type == "an integer") (void)value.as_integer();
  if (type == "a double") (void)value.as_double();
  if (type == "a string") (void)value.as_string();
  if (type == "an array") (void)value.as_array();
  if (type == "an object") (void)value.as_object();
}

TEST_CASE("a value is of the type that it was made from", "[value]") {
  REQUIRE(Value().is_null());
  REQUIRE(Value(nullptr).is_null());
  REQUIRE(Value(false).is_bool());
  REQUIRE_FALSE(Value(false).as_bool());
  REQUIRE(Value(1).is_integer());
  REQUIRE(Value(1).is_number());
  REQUIRE(Value(1.0).is_double());
  REQUIRE(Value(1.0).is_number());
  const char* const text = "text";
  REQUIRE(Value(text).as_string() == "text");
  REQUIRE(Value("literal").as_string() == "literal");
  REQUIRE(Value(std::string("a\0b", 3)).as_string().size() == 3);
  REQUIRE(Value(std::string_view("view")).as_string() == "view");
  REQUIRE(Value::array({1, "two", nullptr}).as_array().size() == 3);
  REQUIRE(Value::object({{"id", 1}}).as_object().front().first == "id");
}

TEST_CASE("an integer keeps its value or becomes a double", "[value]") {
  using Int64 = std::numeric_limits<std::int64_t>;
  using Uint64 = std::numeric_limits<std::uint64_t>;
  REQUIRE(Value(Int64::max()).as_integer() == Int64::max());
  REQUIRE(Value(Int64::min()).as_integer() == Int64::min());
  REQUIRE(Value(std::uint64_t{1} << 62U).as_integer() == std::int64_t{1} << 62U);
  REQUIRE(Value(Uint64::max()).is_double());
  REQUIRE(Value(std::uint64_t{1} << 63U).is_double());
  REQUIRE(Value(std::uint64_t{1} << 63U).as_double() == 9223372036854775808.0);
  REQUIRE(Value(static_cast<signed char>(-1)).as_integer() == -1);
  REQUIRE(Value(7).as_double() == 7.0);
}

TEST_CASE("reading a value as another type names both types", "[value]") {
  for (const Sample& sample : samples()) {
    for (const Sample& wanted : samples()) {
      CAPTURE(sample.type, wanted.type);
      const bool is_number_as_double = sample.type == "an integer" && wanted.type == "a double";
      if (sample.type == wanted.type || is_number_as_double) {
        REQUIRE_NOTHROW(read_as(sample.value, wanted.type));
      } else if (wanted.type != "null") {
        const std::string message =
            "value must be " + std::string(wanted.type) + ", got: " + std::string(sample.type);
        REQUIRE_THROWS_AS(read_as(sample.value, wanted.type), std::invalid_argument);
        REQUIRE_THROWS_WITH(read_as(sample.value, wanted.type), message);
      }
    }
  }
}

TEST_CASE("a value that is refused is not quoted", "[value]") {
  REQUIRE_THROWS_WITH(Value("s3cret").as_integer(), "value must be an integer, got: a string");
}

TEST_CASE("find gives the last member of a name", "[value]") {
  const Value value = Value::object({{"a", 1}, {"b", nullptr}, {"a", 2}, {"", 3}});
  REQUIRE(value.find("a")->as_integer() == 2);
  REQUIRE(value.find("b")->is_null());
  REQUIRE(value.find("")->as_integer() == 3);
  REQUIRE(value.find("A") == nullptr);
  REQUIRE(value.find("c") == nullptr);
}

TEST_CASE("find gives nothing where there are no members", "[value]") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.type);
    REQUIRE(sample.value.find("a") == nullptr);
  }
  REQUIRE(Value::array({Value::object({{"a", 1}})}).find("a") == nullptr);
}

TEST_CASE("values are equal when type and content are", "[value]") {
  for (const Sample& left : samples()) {
    for (const Sample& right : samples()) {
      CAPTURE(left.type, right.type);
      REQUIRE((left.value == right.value) == (left.type == right.type));
    }
  }
  REQUIRE_FALSE(Value(1) == Value(1.0));
  REQUIRE_FALSE(Value(1) == Value(true));
  REQUIRE_FALSE(Value("") == Value());
  const Value nested = Value::object({{"a", Value::array({1, Value::object({{"b", "c"}})})}});
  Value copy = nested;
  REQUIRE(copy == nested);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  REQUIRE_FALSE(Value(nan) == Value(nan));
  REQUIRE(Value(0.0) == Value(-0.0));
  REQUIRE_FALSE(Value::array({1, 2}) == Value::array({2, 1}));
  REQUIRE_FALSE(Value::array({1}) == Value::array({1, 1}));
}

TEST_CASE("objects are equal whatever the order of their members", "[value]") {
  using Object = Value::Object;
  const Value one = Object{{"a", 1}, {"b", Object{{"x", 2}, {"y", 3}}}, {"c", nullptr}};
  REQUIRE(one == Value(Object{{"c", nullptr}, {"b", Object{{"y", 3}, {"x", 2}}}, {"a", 1}}));
  REQUIRE(one == Value(Object{{"a", 1}, {"c", nullptr}, {"b", Object{{"y", 3}, {"x", 2}}}}));
  for (const Object& other :
       {Object{{"c", nullptr}, {"b", Object{{"y", 3}, {"x", 2}}}, {"a", 2}},
        Object{{"c", nullptr}, {"b", Object{{"y", 2}, {"x", 3}}}, {"a", 1}},
        Object{{"c", nullptr}, {"b", Object{{"y", 3}}}, {"a", 1}},
        Object{{"c", nullptr}, {"B", Object{{"y", 3}, {"x", 2}}}, {"a", 1}},
        Object{{"c", nullptr}, {"a", 1}}, Object{{"c", nullptr}, {"a", 1}, {"a", 1}}}) {
    REQUIRE_FALSE(one == Value(other));
    REQUIRE_FALSE(Value(other) == one);
  }
}

TEST_CASE("members of one name are compared in their order", "[value]") {
  using Object = Value::Object;
  const Value twice = Object{{"a", 1}, {"a", 2}, {"b", 3}};
  REQUIRE(twice == Value(Object{{"a", 1}, {"b", 3}, {"a", 2}}));
  REQUIRE(twice == Value(Object{{"b", 3}, {"a", 1}, {"a", 2}}));
  REQUIRE_FALSE(twice == Value(Object{{"a", 2}, {"b", 3}, {"a", 1}}));
  REQUIRE_FALSE(twice == Value(Object{{"b", 3}, {"a", 2}, {"b", 3}}));
  REQUIRE_FALSE(twice == Value(Object{{"a", 2}, {"b", 3}}));
}

TEST_CASE("large objects in another order are compared in no time", "[value]") {
  Value::Object members;
  for (int i = 0; i < 200'000; ++i) members.emplace_back("member " + std::to_string(i), i);
  const Value one = members;
  std::reverse(members.begin(), members.end());
  REQUIRE(one == Value(members));
  members.front().second = -1;
  REQUIRE_FALSE(one == Value(members));
}

TEST_CASE("members and elements are given or refused", "[value]") {
  const Value value = Value::object({{"a", 1}, {"l", Value::array({1, "x"})}, {"a", 2}});
  REQUIRE(value["a"] == Value(2));
  REQUIRE(value["l"].at(1) == Value("x"));
  REQUIRE_THROWS_AS(value["b"], std::out_of_range);
  REQUIRE_THROWS_WITH(value["b\n"], "value has no member \"b\\x0a\"");
  REQUIRE_THROWS_AS(value["l"].at(2), std::out_of_range);
  REQUIRE_THROWS_WITH(value["l"].at(2), "value has 2 elements, got: 2");
  REQUIRE_THROWS_WITH(value["l"]["a"], "value must be an object, got: an array");
  REQUIRE_THROWS_WITH(value.at(0), "value must be an array, got: an object");
}

TEST_CASE("only arrays and objects have a size", "[value]") {
  REQUIRE(Value::array({1, 2}).size() == 2);
  REQUIRE(Value::object({{"a", 1}, {"a", 2}, {"b", 3}}).size() == 3);
  REQUIRE(Value("text").size() == 0);
  REQUIRE(Value(7).size() == 0);
  REQUIRE(Value().size() == 0);
}

TEST_CASE("values of any depth can be compared and destroyed", "[value]") {
  const auto nested = [](std::size_t depth) {
    Value value(1);
    for (std::size_t i = 0; i < depth; ++i) {
      Value::Array items;
      items.push_back(std::move(value));
      items.emplace_back("beside");
      if (i % 2 == 0) {
        value = std::move(items);
      } else {
        Value::Object members;
        members.emplace_back("name", std::move(items));
        value = std::move(members);
      }
    }
    return value;
  };
  Value deep = nested(1'000'000);
  REQUIRE(deep.size() == 1);
  REQUIRE(deep == nested(1'000'000));
  REQUIRE_FALSE(deep == nested(1'000'002));
  deep = nullptr;
  REQUIRE(deep.is_null());
  Value moved = nested(1000);
  Value target = nested(1'000'000);
  target = std::move(moved);
  REQUIRE(target == nested(1000));
}

}  // namespace
}  // namespace async_http_pool
