#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string arrays(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::size_t offset_of_refusal(std::string_view text) {
  try {
    Value::from_json(text);
    return std::string_view::npos;
  } catch (const ParseError& error) {
    return error.offset();
  }
}

}  // namespace

TEST_CASE("JSON of every type is read") {
  CHECK(Value::from_json(" null\r\n").is_null());
  CHECK(Value::from_json("true") == Value(true));
  CHECK(Value::from_json("[]") == Value::array());
  CHECK(Value::from_json("{}") == Value::object());
  CHECK(Value::from_json(R"({"b":[1,{"c":null}],"a":"x"})") ==
        Value::object({{"b", Value::array({1, Value::object({{"c", nullptr}})})}, {"a", "x"}}));
  CHECK(Value::from_json(R"([[],{},[{}],""])") ==
        Value::array({Value::array(), Value::object(), Value::array({Value::object()}), ""}));
  CHECK(Value::from_json(R"({"":1})") == Value::object({{"", 1}}));
}

TEST_CASE("Of several members of one name the last one counts") {
  const Value value = Value::from_json(R"({"a":1,"a":2})");
  CHECK(*value.find("a") == Value(2));
}

TEST_CASE("Integers are exact within int64 and doubles beyond") {
  CHECK(Value::from_json("9223372036854775807") == Value(std::numeric_limits<std::int64_t>::max()));
  CHECK(Value::from_json("-9223372036854775808") ==
        Value(std::numeric_limits<std::int64_t>::min()));
  CHECK(Value::from_json("9223372036854775808") == Value(9223372036854775808.0));
  CHECK(Value::from_json("-9223372036854775809") == Value(-9223372036854775808.0));
  CHECK(Value::from_json("18446744073709551615") == Value(18446744073709551616.0));
  CHECK(Value::from_json("123456789012345678901234") == Value(123456789012345678901234.0));
  CHECK(Value::from_json("1.0") == Value(1.0));
  CHECK(Value::from_json("1e2") == Value(100.0));
  CHECK(Value::from_json("4294967296") == Value(4294967296));
  CHECK(Value::from_json("-2147483649") == Value(-2147483649));
}

TEST_CASE("Doubles are read with full precision") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    std::string text =
        std::to_string(random() % 10) + "." + std::to_string(random()) + std::to_string(random());
    text += "e" + std::to_string(static_cast<int>(random() % 640) - 330);
    INFO(text);
    const double expected = std::strtod(text.c_str(), nullptr);
    if (std::isinf(expected)) {
      CHECK_THROWS_AS(Value::from_json(text), ParseError);
    } else {
      CHECK(Value::from_json(text).as_double() == expected);
    }
  }
  for (const char* text :
       {"2.2250738585072011e-308", "1e-400", "5e-324", "2.4703282292062328e-324",
        "9007199254740993.0", "1.7976931348623157e308", "0.1", "1e22", "1e23", "-1e-999",
        "1e-99999999999999999999", "0e0", "0.0e-5", "0.00001e312", "12345678901234567890e-340"}) {
    INFO(text);
    CHECK(Value::from_json(text).as_double() == std::strtod(text, nullptr));
  }
}

TEST_CASE("What is not JSON is refused") {
  for (const std::string& text : {std::string(),
                                  std::string(" "),
                                  std::string("nul"),
                                  std::string("nullx"),
                                  std::string("True"),
                                  std::string("NaN"),
                                  std::string("Infinity"),
                                  std::string("-"),
                                  std::string("01"),
                                  std::string("1."),
                                  std::string(".5"),
                                  std::string("+1"),
                                  std::string("1e"),
                                  std::string("1e999"),
                                  std::string("9e308"),
                                  std::string("-2e308"),
                                  std::string("1e99999999999999999999"),
                                  std::string(400, '9'),
                                  std::string("1") + std::string(400, '0') + ".5",
                                  std::string("0x1"),
                                  std::string("'a'"),
                                  std::string("\"a"),
                                  std::string("\"\\x\""),
                                  std::string("\"\\u12\""),
                                  std::string("\"\n\""),
                                  std::string("\"\t\""),
                                  std::string("[1,]"),
                                  std::string("[,1]"),
                                  std::string("[1 2]"),
                                  std::string("[1"),
                                  std::string("]"),
                                  std::string("[}"),
                                  std::string("{\"a\"}"),
                                  std::string("{\"a\":}"),
                                  std::string("{\"a\":1,}"),
                                  std::string("{a:1}"),
                                  std::string("{1:1}"),
                                  std::string("{\"a\":1 \"b\":2}"),
                                  std::string("{}{}"),
                                  std::string("1 2"),
                                  std::string("//\n1"),
                                  std::string("/**/1"),
                                  std::string("\xef\xbb\xbf{}"),
                                  std::string("{}\0", 3),
                                  std::string("\0{}", 3),
                                  std::string("[1\0]", 4),
                                  std::string("\"a\0b\"", 5),
                                  std::string("{}\0garbage", 10)}) {
    INFO(text);
    CHECK_THROWS_AS(Value::from_json(text), ParseError);
  }
}

TEST_CASE("Text that is no Unicode is refused, as bytes and as escapes") {
  for (const char* text :
       {"\"\xff\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", R"("\ud800")", R"("\ud800x")",
        R"("\ud800\u0041")", R"("\udc00")", R"("a\udfff")", R"({"\udc00":1})", "{\"\xff\":1}"}) {
    INFO(text);
    CHECK_THROWS_AS(Value::from_json(text), ParseError);
  }
  CHECK(Value::from_json(R"("\ud83d\ude00\u00e9\u0000\/")") == Value(std::string("😀é\0/", 8)));
}

TEST_CASE("A refusal tells where reading stopped") {
  CHECK(offset_of_refusal("[1,x]") == 3);
  CHECK(offset_of_refusal("{} x") == 3);
  CHECK(offset_of_refusal("") == 0);
  CHECK(offset_of_refusal(std::string_view("{}\0x", 4)) == 2);
  CHECK_THROWS_WITH(Value::from_json("{} x"),
                    Catch::Matchers::StartsWith("invalid JSON at byte 3: "));
}

TEST_CASE("Depth and size are bounded") {
  CHECK_NOTHROW(Value::from_json(arrays(128)));
  CHECK_THROWS_WITH(Value::from_json(arrays(129)), Catch::Matchers::Contains("nested too deeply"));
  CHECK_THROWS_AS(Value::from_json(std::string(10'000'000, '[')), ParseError);
  CHECK_NOTHROW(Value::from_json("1", {0, 1}));
  CHECK_THROWS_AS(Value::from_json("[]", {0, 100}), ParseError);
  CHECK_THROWS_AS(Value::from_json("12", {0, 1}), ParseError);
  CHECK(offset_of_refusal(std::string(128, '[') + "{\"a\":1") == 128);
}

TEST_CASE("The number of values is bounded") {
  ParseLimits limits;
  limits.values_max = 5;
  CHECK_NOTHROW(Value::from_json(R"({"a":[1,null,""]})", limits));
  CHECK_NOTHROW(Value::from_json("[[],[],[],{}]", limits));
  for (const char* text : {R"({"a":[1,null,""],"b":2})", "[[],[],[],{},[]]", "[1,2,3,4,5]",
                           R"({"a":1,"a":1,"a":1,"a":1,"a":1})", "[[[[[[]]]]]]"}) {
    INFO(text);
    CHECK_THROWS_WITH(Value::from_json(text, limits), Catch::Matchers::Contains("too many values"));
  }
  limits.values_max = 0;
  CHECK_THROWS_AS(Value::from_json("1", limits), ParseError);

  std::string many = "[0";
  for (int i = 0; i < 3'999'998; ++i) many += ",0";
  CHECK(Value::from_json(many + "]").size() == 3'999'999);
  CHECK_THROWS_AS(Value::from_json(many + ",0]"), ParseError);
}

TEST_CASE("No beginning of a document is taken for a whole one") {
  const std::string text =
      R"({"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00é"],"b":{"c":false,"d":[[]]}})";
  CHECK_NOTHROW(Value::from_json(text));
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(length);
    CHECK_THROWS_AS(Value::from_json(std::string_view(text).substr(0, length)), ParseError);
  }
}

TEST_CASE("No damaged document crashes the reader, and what it reads can be written") {
  const std::string text =
      R"({"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00é"],"b":{"c":false,"d":[[0.1]]}})";
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = text;
    for (int hits = 0; hits <= i % 3; ++hits)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      const Value value = Value::from_json(damaged);
      if (Value::from_json(value.to_json()) != value) FAIL("changed: " << damaged);
    } catch (const ParseError& error) {
      if (error.offset() > damaged.size()) FAIL("offset beyond: " << damaged);
    }
  }
}

}  // namespace async_http_pool
