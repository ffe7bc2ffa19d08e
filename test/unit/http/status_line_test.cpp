#include "http/status_line.hpp"

#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("what tells a version and a status is a status line", "[status_line]") {
  struct Row {
    std::string_view line;
    int version;
    int status;
  };
  const Row rows[] = {{"HTTP/1.1 200 OK", 1, 200},       {"HTTP/1.0 404 Not Found", 1, 404},
                      {"HTTP/1.1 200 ", 1, 200},         {"HTTP/1.1 200", 1, 200},
                      {"HTTP/2 204 ", 2, 204},           {"HTTP/2 204", 2, 204},
                      {"HTTP/3 503 ", 3, 503},           {"HTTP/1.1 999 What", 1, 999},
                      {"HTTP/1.1 200 \xff\xfe", 1, 200}, {"HTTP/1.1 100 Continue", 1, 100},
                      {"HTTP/1.1 200 200 \t x", 1, 200}};
  for (const Row& row : rows) {
    INFO(row.line);
    const auto parsed = parse_status_line(row.line);
    REQUIRE(parsed);
    CHECK(parsed->major_version == row.version);
    CHECK(parsed->status == row.status);
  }
}

TEST_CASE("what is no status line is refused", "[status_line]") {
  for (const std::string_view line : {"",
                                      "HTTP/",
                                      "HTTP/1.1",
                                      "HTTP/1.1 ",
                                      "HTTP/1.1 20",
                                      "HTTP/1.1 20 No",
                                      "HTTP/1.1 000 No",
                                      "HTTP/1.1 099 No",
                                      "HTTP/1.1 2000 OK",
                                      "HTTP/1.1 -20 No",
                                      "HTTP/1.1 +20 No",
                                      "HTTP/1.1 2x0 No",
                                      "HTTP/1.1  200 OK",
                                      "HTTP/1.1\t200 OK",
                                      "HTTP/1.1 200-OK",
                                      "HTTP/1.1 200\tOK",
                                      "http/1.1 200 OK",
                                      "HTTP/1.2 200 OK",
                                      "HTTP/0.9 200 OK",
                                      "HTTP/1.10 200 OK",
                                      "HTTP/11 200 OK",
                                      "HTTP/1 200 OK",
                                      "HTTP/2.0 200",
                                      "HTTP/2 200 OK",
                                      "HTTP/3 200 OK",
                                      "HTTP/4 200",
                                      "HTTP/1.1 200 O\rK",
                                      "HTTP/1.1 200 OK\r"}) {
    INFO(line);
    CHECK_FALSE(parse_status_line(line));
  }
  CHECK_FALSE(parse_status_line(std::string_view("HTTP/1.1 200 \0", 14)));
  CHECK_FALSE(parse_status_line("HTTP/1.1 " + std::string(100, '2') + " OK"));
}

}  // namespace
}  // namespace async_http_pool
