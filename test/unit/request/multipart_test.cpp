#include <async_http_pool/multipart.hpp>

#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("the parts of a multipart body stay as they were added") {
  const std::string bytes("\0\xff\r\n", 4);
  Multipart parts;
  CHECK(parts.empty());
  parts.add_field("a", "").add_field("a", bytes);
  parts.add_bytes("b", bytes, "b.bin").add_bytes("c", "{}", "", "application/json");
  parts.add_file("d", "dir/d.txt").add_file("e", "e", "other name", "text/plain; a=\"b\"");
  REQUIRE(parts.parts().size() == 6);
  const auto& all = parts.parts();
  CHECK(all[0] == Multipart::Part{"a", "", "", "", ""});
  CHECK(all[1] == Multipart::Part{"a", "", "", bytes, ""});
  CHECK(all[2] == Multipart::Part{"b", "b.bin", "application/octet-stream", bytes, ""});
  CHECK(all[3] == Multipart::Part{"c", "", "application/json", "{}", ""});
  CHECK(all[4] == Multipart::Part{"d", "d.txt", "application/octet-stream", "", "dir/d.txt"});
  CHECK(all[5] == Multipart::Part{"e", "other name", "text/plain; a=\"b\"", "", "e"});
  CHECK(parts == Multipart(parts));
  CHECK_FALSE(parts == Multipart());
}

TEST_CASE("a part is refused that could not be told by its header lines") {
  for (const std::string& bad : {std::string("a\r\nb"), std::string("a\nb"), std::string("a\0b", 3),
                                 std::string("\x7f"), std::string("\xff")}) {
    INFO(bad);
    Multipart parts;
    CHECK_THROWS_AS(parts.add_field(bad, "x"), std::invalid_argument);
    CHECK_THROWS_AS(parts.add_bytes("a", "x", bad), std::invalid_argument);
    CHECK_THROWS_AS(parts.add_bytes("a", "x", "f", "text/plain" + bad), std::invalid_argument);
    CHECK_THROWS_AS(parts.add_file(bad, "f"), std::invalid_argument);
    CHECK_THROWS_AS(parts.add_file("a", "/x", bad), std::invalid_argument);
    CHECK_THROWS_AS(parts.add_file("a", "/dir/" + bad), std::invalid_argument);
    CHECK(parts.empty());
  }
  Multipart parts;
  CHECK_THROWS_WITH(parts.add_field("", "x"), "name of a part is empty");
  CHECK_THROWS_AS(parts.add_file("a", ""), std::invalid_argument);
  CHECK_THROWS_AS(parts.add_file("a", "/dir/"), std::invalid_argument);
  for (const char* bad : {"", "text", "/", "text/", "text/a b", "te xt/a", "; charset=utf-8"}) {
    INFO(bad);
    CHECK_THROWS_AS(parts.add_bytes("a", "x", "f", bad), std::invalid_argument);
  }
  CHECK(parts.empty());
}

}  // namespace async_http_pool
