#include "base/sha256.hpp"

#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("SHA-256 gives what FIPS 180-4 and its test vectors give") {
  struct Row {
    std::string bytes;
    const char* digest;
  };
  for (const Row& row :
       {Row{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        Row{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Row{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        Row{std::string(1'000'000, 'a'),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}}) {
    INFO(row.bytes.size() << " bytes");
    CHECK(sha256_hex(row.bytes) == row.digest);
  }
}

TEST_CASE("SHA-256 reads on after a NUL") {
  CHECK(sha256_hex(std::string(1, '\0')) ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CHECK(sha256_hex(std::string_view("a\0b", 3)) != sha256_hex(std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace async_http_pool
