// What RequestBuilder::params makes of a JSON object.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <async_http_pool/request.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string query_of(const Value& object) {
  const std::string url = Request::get("http://x/p?").params(object).build().url();
  return url.substr(std::string("http://x/p?").size());
}

}  // namespace

TEST_CASE("Parameters are written as the original writes them") {
  // Its example, executed.
  CHECK(Request::get("http://x/p?a=1#frag")
            .params(Value::object(
                {{"b", 2}, {"c", Value::array({1, 2})}, {"d", nullptr}, {"e f", "g&h=é ~*-._"}}))
            .build()
            .url() == "http://x/p?a=1&b=2&c=1&c=2&d&e+f=g%26h%3D%C3%A9+%7E*-._#frag");
}

TEST_CASE("Each kind of parameter has its form") {
  CHECK(query_of(Value::object({{"a", true}, {"b", false}})) == "a=true&b=false");
  CHECK(query_of(Value::object({{"a", 0}, {"b", -7}})) == "a=0&b=-7");
  CHECK(query_of(Value::object({{"a", std::numeric_limits<std::int64_t>::min()}})) ==
        "a=-9223372036854775808");
  CHECK(query_of(Value::object({{"a", 1.5}, {"b", 2.0}, {"c", 1e30}})) ==
        "a=1.5&b=2.0&c=1.0e%2B30");
  CHECK(query_of(Value::object({{"a", ""}, {"", "b"}})) == "a=&=b");
  CHECK(query_of(Value::object({{"a", "null"}, {"b", nullptr}})) == "a=null&b");
  CHECK(query_of(Value::object({{"a", Value::array({1, nullptr, "x y", true, 0.5})}})) ==
        "a=1&a&a=x+y&a=true&a=0.5");
  CHECK(query_of(Value::object({{"a", Value::array()}, {"b", 1}, {"c", Value::array()}})) == "b=1");
  CHECK(query_of(Value::object({{"a", 1}, {"b", 2}, {"a", 3}})) == "a=1&b=2&a=3");
  CHECK(query_of(Value::object({{"a[]", "\r\n"}, {"é", "\xff"}})) == "a%5B%5D=%0D%0A&%C3%A9=%FF");
}

TEST_CASE("Doubles are written as Ruby writes them") {
  const auto written = [](double value) { return query_of(Value::object({{"a", value}})); };
  CHECK(written(0.0) == "a=0.0");
  CHECK(written(-0.0) == "a=-0.0");
  CHECK(written(0.1) == "a=0.1");
  CHECK(written(-1234.5678) == "a=-1234.5678");
  CHECK(written(1e15) == "a=1000000000000000.0");
  CHECK(written(-9999999999999998.0) == "a=-9999999999999998.0");
  CHECK(written(1e16) == "a=1.0e%2B16");
  CHECK(written(-1.25e20) == "a=-1.25e%2B20");
  CHECK(written(0.0001) == "a=0.0001");
  CHECK(written(0.00012345) == "a=0.00012345");
  CHECK(written(0.00001) == "a=1.0e-05");
  CHECK(written(0.000099999) == "a=9.9999e-05");
  CHECK(written(1e100) == "a=1.0e%2B100");
  CHECK(written(std::numeric_limits<double>::max()) == "a=1.7976931348623157e%2B308");
  CHECK(written(-std::numeric_limits<double>::denorm_min()) == "a=-5.0e-324");
  CHECK(written(std::nextafter(0.0001, 1)) == "a=0.00010000000000000002");
}

TEST_CASE("A parameter without name and value has its place") {
  CHECK(query_of(Value::object({{"", nullptr}, {"a", 1}})) == "&a=1");
  CHECK(query_of(Value::object({{"a", 1}, {"", nullptr}})) == "a=1&");
  CHECK(query_of(Value::object({{"", Value::array({nullptr, nullptr})}, {"a", 1}})) == "&&a=1");
  CHECK(Request::get("http://x/p").params(Value::object({{"", nullptr}})).build().url() ==
        "http://x/p?");
}

TEST_CASE("Empty parameters leave the URL alone") {
  for (const char* url :
       {"http://x/p?", "http://x/p", "http://x", "http://x/p?a=1&#f", "http://x#"}) {
    CHECK(Request::get(url).params(Value::object()).build().url() == url);
    CHECK(Request::get(url).params(Value::object({{"a", Value::array()}})).build().url() == url);
  }
}

TEST_CASE("Objects and single parameters add up in the order of the calls") {
  CHECK(Request::get("http://x/")
            .param("b", "1")
            .params(Value::object({{"a", 2}, {"b", 3}}))
            .param("a", "4")
            .build()
            .url() == "http://x/?b=1&a=2&b=3&a=4");
}

TEST_CASE("Values that no parameter can have are refused, and then none is added") {
  const Value inner = Value::object({{"secret", "s3cret"}});
  for (const Value& bad : {inner, Value::array({Value::array({"s3cret"})}),
                           Value::array({1, inner}), Value(std::numeric_limits<double>::infinity()),
                           Value::array({std::numeric_limits<double>::quiet_NaN()})}) {
    RequestBuilder builder = Request::get("http://x/");
    CHECK_THROWS_AS(builder.params(Value::object({{"good", 1}, {"bad", bad}})),
                    std::invalid_argument);
    CHECK(builder.build().url() == "http://x/");
  }
  CHECK_THROWS_WITH(Request::get("http://x/").params(Value::object({{"bad", inner}})),
                    "value of parameter \"bad\" must be null, a bool, a number, a string or an "
                    "array of those, got: an object");
  CHECK_THROWS_WITH(
      Request::get("http://x/").params(Value::object({{"bad", Value::array({Value::array()})}})),
      "value of parameter \"bad\" must be null, a bool, a number, a string or an array of those, "
      "got: an array in an array");
}

TEST_CASE("What is no object is refused as parameters") {
  for (const Value& bad :
       {Value(), Value(1), Value("a=1"), Value::array(), Value::array({Value::array({"a", 1})})}) {
    CHECK_THROWS_WITH(Request::get("http://x/").params(bad), "params must be an object");
  }
}

TEST_CASE("Parameters that make a URL too long are refused when it is built") {
  RequestBuilder builder = Request::get("http://x/");
  builder.params(Value::object({{"a", std::string(70'000, 'x')}}));
  CHECK_THROWS_AS(builder.build(), std::invalid_argument);
}

}  // namespace async_http_pool
