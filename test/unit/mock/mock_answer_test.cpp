// What an answer of a mock may be, and what the agents are given of it.
#include <async_http_pool/mock_transport.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "mock/mock_access.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

TEST_CASE("an answer has what it was given, fields of one name too") {
  const MockAnswer answer = MockAnswer(201)
                                .header("X-One", "1")
                                .header("set-cookie", "a=1")
                                .header("set-cookie", "b=2")
                                .body("hello")
                                .trailer("x-sum", "5")
                                .delay(3ms);
  const auto canned = MockAccess::canned(answer);
  CHECK(canned->status == 201);
  CHECK(canned->has_head);
  CHECK(canned->headers.get("x-one") == "1");
  CHECK(canned->headers.get_all("set-cookie") == std::vector<std::string_view>{"a=1", "b=2"});
  CHECK(canned->pieces == std::vector<std::string>{"hello"});
  CHECK(canned->trailers.get("x-sum") == "5");
  CHECK(canned->delay == 3ms);
  CHECK_FALSE(canned->failure);
}

TEST_CASE("a JSON answer says so, unless the test says otherwise") {
  const Value value = Value::object({{"a", 1}});
  MockAnswer usual(200);
  CHECK(MockAccess::canned(usual.json(value))->headers.get("content-type") == "application/json");
  CHECK(MockAccess::canned(usual)->pieces == std::vector<std::string>{R"({"a":1})"});
  const auto own =
      MockAccess::canned(MockAnswer(200).header("content-type", "text/json").json(value));
  CHECK(own->headers.get_all("content-type") == std::vector<std::string_view>{"text/json"});
  CHECK_FALSE(refusal_of([] { return MockAnswer(200).json("\xff"); }).empty());
}

TEST_CASE("answers are values: what is made of one leaves the other as it was") {
  const MockAnswer base = MockAnswer(200).header("x-base", "1");
  MockAnswer other = base;
  other.header("x-other", "2").body("other");
  CHECK(MockAccess::canned(base)->headers.size() == 1);
  CHECK(MockAccess::canned(base)->pieces.empty());
  CHECK(MockAccess::canned(other)->headers.size() == 2);
}

TEST_CASE("an answer without sense is refused") {
  for (const int status : {-1, 0, 100, 199, 600, 1000})
    CHECK(refusal_of([&] { return MockAnswer(status); }) ==
          "status of a mock answer must be between 200 and 599, got: " + std::to_string(status));
  CHECK_FALSE(refusal_of([] { return MockAnswer(200).header("a b", "1"); }).empty());
  CHECK_FALSE(refusal_of([] { return MockAnswer(200).header("a", "1\r\nb: 2"); }).empty());
  CHECK_FALSE(refusal_of([] { return MockAnswer(200).trailer("a", "1\n"); }).empty());
  CHECK(refusal_of([] { return MockAnswer(200).delay(-1ms); }) ==
        "delay of a mock answer must be between 0 and 24 hours, got: -1 ms");
  CHECK_FALSE(refusal_of([] { return MockAnswer(200).delay(25h); }).empty());
}

TEST_CASE("a failure comes without a head, and tells what it says and what was sent") {
  struct Case {
    ErrorType type;
    ErrorCode code;
    bool never_sent;
  };
  const Case cases[] = {
      {ErrorType::connection, ErrorCode::connection_refused, true},
      {ErrorType::connection, ErrorCode::name_resolution, true},
      {ErrorType::timeout, ErrorCode::connect_timeout, true},
      {ErrorType::ssl, ErrorCode::tls_verification, true},
      {ErrorType::connection, ErrorCode::connection_lost, false},
      {ErrorType::timeout, ErrorCode::first_byte_timeout, false},
      {ErrorType::connection, ErrorCode::stream_refused, false},
  };
  for (const auto& [type, code, never_sent] : cases) {
    INFO(to_string(code));
    const auto canned = MockAccess::canned(MockAnswer::failure(type, code, "as said").delay(1ms));
    CHECK_FALSE(canned->has_head);
    REQUIRE(canned->failure);
    CHECK(canned->failure->type == type);
    CHECK(canned->failure->code == code);
    CHECK(canned->failure->message == "as said");
    CHECK(canned->failure->never_sent == never_sent);
  }
}

TEST_CASE("a broken answer has a head and breaks behind its pieces, unless that is taken back") {
  MockAnswer answer = MockAnswer(200).pieces({"a", "b"}).broken();
  CHECK(MockAccess::canned(answer)->has_head);
  CHECK(MockAccess::canned(answer)->failure->code == ErrorCode::truncated_response);
  CHECK_FALSE(MockAccess::canned(answer.broken(false))->failure);
  const MockAnswer failure =
      MockAnswer::failure(ErrorType::connection, ErrorCode::connection_lost, "lost").broken();
  CHECK(MockAccess::canned(failure)->failure->message == "lost");
}

}  // namespace
}  // namespace async_http_pool
