// Group B of HARD-CASES.md: status lines and headers. More of them: errors_test, limits_test,
// basics_test, misbehaviour_test.
#include "support/hard_case.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr const char* violation = "unknown protocol_violation";
constexpr const char* too_large = "response_too_large headers_too_large";

/// A response whose status line is as given.
std::string with_status_line(const std::string& line) {
  return line + "\r\ncontent-length: 2\r\n\r\nok";
}

std::string with_header(const std::string& line) {
  return "HTTP/1.1 200 OK\r\n" + line + "\r\ncontent-length: 2\r\n\r\nok";
}

}  // namespace

TEST_CASE("hard case 38: a thousand interim responses are skipped") {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += "HTTP/1.1 103 Early\r\n\r\n";
  const HardCase met = meet(bytes + response(200, "ok"));
  CHECK(met.outcome.body() == "ok");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 39: interim responses without end are refused") {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += "HTTP/1.1 103 Early\r\n\r\n";
  CHECK(refusal_of(bytes) == too_large);
}

TEST_CASE("hard case 40: an unasked 101 is refused, and what follows is no response") {
  CHECK(refusal_of("HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n" +
                   response(200, "EVIL")) == violation);
}

TEST_CASE("hard case 41: a header line of 110 KB is too large") {
  CHECK(refusal_of(with_header("x: " + std::string(110'000, 'x'))) == too_large);
}

TEST_CASE("hard case 42: headers of 400 KB are too large") {
  std::string lines = "a: b";
  for (int i = 0; i < 40; ++i)
    lines += "\r\nx-" + std::to_string(i) + ": " + std::string(10'000, 'x');
  CHECK(refusal_of(with_header(lines)) == too_large);
}

TEST_CASE("hard case 43: 6000 headers are too many") {
  std::string lines = "a: b";
  for (int i = 0; i < 6000; ++i) lines += "\r\nx: 1";
  CHECK(refusal_of(with_header(lines)) == too_large);
}

TEST_CASE("hard case 44: a status line of 200 KB is too large") {
  CHECK(refusal_of(with_status_line("HTTP/1.1 200 " + std::string(200'000, 'O'))) == too_large);
}

TEST_CASE("hard case 48: a header without a colon is refused, even one that could be a name") {
  CHECK(refusal_of(with_header("no colon here")) == violation);
  CHECK(refusal_of(with_header("nocolon")) == violation);
}

TEST_CASE("hard case 49: a blank between name and colon is refused") {
  // Somebody in between may read the name with its blank, and so not see the header.
  CHECK(refusal_of(with_header("x : 1")) == violation);
  CHECK(refusal_of(with_header("x\t: 1")) == violation);
  CHECK(refusal_of("HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nok", Ending::closes) == violation);
}

TEST_CASE("hard case 50: bare line feeds end lines as well") {
  const HardCase met = meet("HTTP/1.1 200 OK\nx: 1\ncontent-length: 2\n\nok");
  CHECK(met.outcome.body() == "ok");
  CHECK(met.outcome.response().headers().get("x") == "1");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 51: a bare CR is refused, wherever it stands") {
  CHECK(refusal_of(with_header("x: 1\ry: 2")) == violation);
  CHECK(refusal_of(with_header("x: 1\r")) == violation);
  CHECK(refusal_of(with_header("\rx: 1")) == violation);
  CHECK(refusal_of(with_header("x\r: 1")) == violation);
  CHECK(refusal_of(with_status_line("HTTP/1.1 200 O\rK")) == violation);
  // libcurl takes it for the blank line that ends the headers.
  CHECK(refusal_of("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\r\nok") == violation);
}

TEST_CASE("hard case 52: what is no HTTP is refused") {
  CHECK(refusal_of("SSH-2.0-OpenSSH_9.2\r\n", Ending::closes) == violation);
  CHECK(refusal_of("<html>of HTTP/0.9</html>", Ending::closes) == violation);
}

TEST_CASE("hard case 53: statuses that are too small or too short are refused") {
  CHECK(refusal_of(with_status_line("HTTP/1.1 000 No")) == violation);
  CHECK(refusal_of(with_status_line("HTTP/1.1 099 No")) == violation);
  CHECK(refusal_of(with_status_line("HTTP/1.1 20 No")) == violation);
}

TEST_CASE("hard case 54: status 2000 is not 200") {
  CHECK(refusal_of(with_status_line("HTTP/1.1 2000 OK")) == violation);
}

TEST_CASE("hard case 55: status 999 is what it is") {
  const HardCase met = meet(response(999, "ok"));
  CHECK(met.outcome.status() == 999);
  CHECK(met.outcome.body() == "ok");
  CHECK(met.next == "reused");
}

TEST_CASE("hard case 56: a version that does not exist is refused") {
  for (const char* version : {"HTTP/1.2", "HTTP/0.9", "HTTP/4", "HTTP/11", "HTTP/"}) {
    INFO(version);
    CHECK(refusal_of(with_status_line(std::string(version) + " 200 OK"), Ending::closes) ==
          violation);
  }
}

TEST_CASE("hard case 57: an HTTP/1 connection has no responses of HTTP/2 or HTTP/3") {
  for (const char* line : {"HTTP/2 200 OK", "HTTP/2 200 ", "HTTP/2 200", "HTTP/2.0 200 OK",
                           "HTTP/3 200 OK", "HTTP/3 200 "}) {
    INFO(line);
    CHECK(refusal_of(with_status_line(line), Ending::closes) == violation);
  }
}

TEST_CASE("hard case 58: a status of a hundred digits is refused") {
  CHECK(refusal_of(with_status_line("HTTP/1.1 " + std::string(100, '2') + " OK")) == violation);
}
