#include "http/method.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Traits {
  std::string_view method;
  bool is_idempotent;
  bool allows_body;
};

struct Spelling {
  std::string given;
  std::string sent;
};

TEST_CASE("each byte is a token character or not, as RFC 9110 says", "[method]") {
  constexpr std::string_view allowed =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    CAPTURE(byte);
    REQUIRE(is_token(text) == (allowed.find(text) != std::string_view::npos));
    REQUIRE(is_token("a" + text + "b") == is_token(text));
  }
  REQUIRE_FALSE(is_token(""));
}

TEST_CASE("standard methods are sent in upper case, others as they are", "[method]") {
  const auto spelling = GENERATE(values<Spelling>({{"get", "GET"},
                                                   {"Head", "HEAD"},
                                                   {"POST", "POST"},
                                                   {"put", "PUT"},
                                                   {"pAtCh", "PATCH"},
                                                   {"delete", "DELETE"},
                                                   {"options", "OPTIONS"},
                                                   {"PROPFIND", "PROPFIND"},
                                                   {"propfind", "propfind"},
                                                   {"M-SEARCH", "M-SEARCH"},
                                                   {"getx", "getx"}}));
  REQUIRE(normalize_method(spelling.given) == spelling.sent);
}

TEST_CASE("a standard method is one that is in upper case already", "[method]") {
  for (const std::string_view method :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    CAPTURE(method);
    REQUIRE(is_standard_method(method));
    REQUIRE(normalize_method(method) == method);
  }
  for (const std::string_view method :
       {"", "get", "Post", "GETX", "PROPFIND", "CONNECT", "TRACE"}) {
    CAPTURE(method);
    REQUIRE_FALSE(is_standard_method(method));
  }
}

TEST_CASE("what is no token, and CONNECT and TRACE, are refused", "[method]") {
  const auto method = GENERATE(as<std::string>(), "", " ", "GET ", " GET", "GE T", "GET\r\nX: y",
                               "GÉT", "a/b", "a:b", "CONNECT", "connect", "TRACE", "tRaCe");
  CAPTURE(method);
  REQUIRE_THROWS_AS(normalize_method(method), std::invalid_argument);
}

TEST_CASE("a method with a NUL is refused, and the message is a single line", "[method]") {
  REQUIRE_THROWS_WITH(normalize_method(std::string("GET\0\n", 5)),
                      "http_method must be a token other than CONNECT and TRACE, got: "
                      "\"GET\\x00\\x0a\"");
}

TEST_CASE("methods are idempotent and have bodies as RFC 9110 says", "[method]") {
  const auto traits = GENERATE(values<Traits>({{"GET", true, false},
                                               {"HEAD", true, false},
                                               {"OPTIONS", true, true},
                                               {"PUT", true, true},
                                               {"DELETE", true, true},
                                               {"POST", false, true},
                                               {"PATCH", false, true},
                                               {"PROPFIND", false, true},
                                               {"get", false, true},
                                               {"", false, true}}));
  CAPTURE(traits.method);
  REQUIRE(is_idempotent(traits.method) == traits.is_idempotent);
  REQUIRE(allows_body(traits.method) == traits.allows_body);
}

}  // namespace
}  // namespace async_http_pool
