// What is a key: the rule that stands in payload_store.hpp.
#include "stores/payload_key.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

std::string refusal(std::string_view key) {
  return refusal_of([key] {
    check_payload_key(key);
    return 0;
  });
}

constexpr const char* taken = "(nothing was refused)";

TEST_CASE("letters, digits, hyphen, underscore and dot make a key") {
  for (const std::string_view key : {"k", "7f9c2ba4-e88f-427d-9f5c-0d9f6d0f2a11", "A_b-c.d", "-",
                                     "_", "0", "a..b", "a.", "k.json"}) {
    INFO(key);
    CHECK(refusal(key) == taken);
  }
}

TEST_CASE("each byte of 256 is a key's or is refused, first or later") {
  const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_allowed = allowed.find(c) != std::string::npos;
    INFO(byte);
    CHECK((refusal(std::string("a") + c) == taken) == is_allowed);
    CHECK((refusal(std::string(1, c)) == taken) == (is_allowed && c != '.'));
  }
}

TEST_CASE("a key has 1 to 200 bytes") {
  CHECK(refusal("") == "payload key is empty");
  CHECK(refusal(std::string(200, 'k')) == taken);
  CHECK(refusal(std::string(201, 'k')) == "payload key is longer than 200 bytes, got: 201");
}

TEST_CASE("what leads out of a directory is no key, and the message shows it in one line") {
  CHECK(refusal("../x") ==
        "payload key must be letters, digits, '-', '_' and '.', not first a dot, got: \"../x\"");
  CHECK(refusal(std::string_view("a\0/\n", 4)) ==
        "payload key must be letters, digits, '-', '_' and '.', not first a dot, got: "
        "\"a\\x00/\\x0a\"");
}

}  // namespace
}  // namespace async_http_pool
