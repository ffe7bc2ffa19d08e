// Which rule of a mock transport answers, and what is known of it afterwards.
#include <async_http_pool/configuration.hpp>
#include <async_http_pool/mock_transport.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mock/mock_access.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

constexpr const char* url = "http://api.example/a";

/// What an agent gets to know of a request: "200 body", a failure's message, or "network".
class Asker {
 public:
  explicit Asker(std::shared_ptr<MockTransport> mock)
      : double_(transfer_double_of(Configuration().set_mock_transport(std::move(mock)))) {}

  std::string ask(const Request& request, std::string_view cookies = "") const {
    const auto answer = double_->answer_to(request, cookies);
    if (answer == nullptr) return "network";
    if (answer->failure) return answer->failure->message;
    return std::to_string(answer->status) +
           (answer->pieces.empty() ? "" : ' ' + answer->pieces.front());
  }
  std::string get(const std::string& text = url) const { return ask(Request::get(text).build()); }

 private:
  std::shared_ptr<TransferDouble> double_;
};

constexpr const char* refused = "no rule of the mock transport matches GET http://api.example/a";

TEST_CASE("what no rule matches is refused, or the network's where that is allowed") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  CHECK(asker.get() == refused);
  CHECK(asker.get("http://api.example/?token=secret").find("secret") == std::string::npos);
  mock->allow_network(true);
  CHECK(asker.get() == "network");
  mock->allow_network(false);
  CHECK(asker.get() == refused);
  CHECK(transfer_double_of(Configuration()) == nullptr);

  const auto answer = transfer_double_of(Configuration().set_mock_transport(mock))
                          ->answer_to(Request::get(url).build(), "");
  CHECK(answer->failure->code == ErrorCode::not_mocked);
  CHECK(answer->failure->never_sent);
  CHECK_FALSE(answer->has_head);
}

TEST_CASE(
    "the rule that was added last goes first, and a request that was not replied to is none") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("*", "*").reply(MockAnswer(404));
  mock->on("GET", "http://api.example/*").reply(MockAnswer(200));
  static_cast<void>(mock->on("GET", url).times(5));
  CHECK(asker.get() == "200");
  mock->on("GET", url).reply(MockAnswer(201));
  CHECK(asker.get() == "201");
  CHECK(asker.get("http://api.example/b") == "200");
  CHECK(asker.get("http://other.example/a") == "404");
  CHECK(mock->unused().empty());
}

TEST_CASE("a rule is for requests that meet all its conditions") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("POST", url)
      .with_header("X-One", "1")
      .with_header("x-two", "2")
      .with_body("bytes")
      .when([](const Request& request) { return request.headers().contains("x-three"); })
      .when([](const Request& request) { return !request.headers().contains("x-four"); })
      .reply(MockAnswer(200));
  const auto full = [](std::string_view name, std::string_view value, std::string_view body) {
    return Request::post(url)
        .header("x-one", "1")
        .header("x-two", "2")
        .header("x-three", "")
        .header(name, value)
        .body(body)
        .build();
  };
  const auto is_refused = [&](const Request& request) { return asker.ask(request) != "200"; };
  CHECK_FALSE(is_refused(full("x-five", "5", "bytes")));
  CHECK(is_refused(full("x-one", "11", "bytes")));
  CHECK(is_refused(full("x-two", "", "bytes")));
  CHECK(is_refused(full("x-four", "", "bytes")));
  CHECK(is_refused(full("x-five", "5", "byte")));
  CHECK(is_refused(Request::post(url).header("x-one", "1").header("x-two", "2").build()));

  mock->on("POST", url).with_body("").reply(MockAnswer(204));
  CHECK(asker.ask(Request::post(url).build()) == "204");
}

TEST_CASE("cookies are compared as they go out, those of a jar too") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("GET", url).with_header("cookie", "own=1; jar=2").reply(MockAnswer(200));
  const Request own = Request::get(url).header("cookie", "own=1").build();
  CHECK(asker.ask(own, "jar=2") == "200");
  CHECK(asker.ask(own) == refused);
  CHECK(mock->calls().front().cookies == "jar=2");
}

TEST_CASE("a rule with a number is used up after so many requests, and the next one takes over") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("*", "*").reply(MockAnswer(404));
  mock->on("get", url).times(2).reply(MockAnswer(200));
  CHECK(mock->unused() == std::vector<std::string>{"GET http://api.example/a"});
  CHECK(asker.get() == "200");
  CHECK(mock->unused().size() == 1);
  CHECK(asker.get() == "200");
  CHECK(mock->unused().empty());
  CHECK(asker.get() == "404");
}

TEST_CASE("answers come one after the other, and the last one for all that follow") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("GET", url)
      .reply(std::vector{MockAnswer(500), MockAnswer(429), MockAnswer(200).body("at last")});
  CHECK(asker.get() == "500");
  CHECK(asker.get() == "429");
  CHECK(asker.get() == "200 at last");
  CHECK(asker.get() == "200 at last");
}

TEST_CASE("a rule under construction is a mould: what it has replied stays as it is") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  MockTransport::Rule rule = mock->on("GET", url);
  rule.reply(MockAnswer(200));
  rule.times(1).reply(MockAnswer(201));
  CHECK(asker.get() == "201");
  CHECK(asker.get() == "200");
  CHECK(asker.get() == "200");
}

TEST_CASE("a responder sees the request, and may ask the mock and change it") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  MockTransport& inner = *mock;
  mock->on("GET", "**").reply([&inner](const Request& request) {
    inner.on("GET", request.url()).times(1).reply(MockAnswer(201));
    return MockAnswer(200).body(request.url() + ' ' +
                                std::to_string(inner.call_count("*", request.url())));
  });
  CHECK(asker.get() == "200 http://api.example/a 1");
  CHECK(asker.get() == "201");
  CHECK(asker.get() == "200 http://api.example/a 3");
}

TEST_CASE("what a test's own code throws refuses the request, and says so") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("GET", url).reply([](const Request&) -> MockAnswer {
    throw std::runtime_error("no idea");
  });
  CHECK(asker.get() == "the responder of a mock threw, for GET http://api.example/a: no idea");
  CHECK(mock->calls().back().is_answered);
  mock->on("GET", url).when([](const Request&) -> bool { throw 5; }).reply(MockAnswer(200));
  CHECK(asker.get() ==
        "a condition of a mock threw, for GET http://api.example/a: something that is no "
        "std::exception");
  CHECK_FALSE(mock->calls().back().is_answered);
  CHECK(mock->calls().size() == 2);
}

TEST_CASE("calls are kept in their order until they are reset, and counted by pattern") {
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("GET", url).reply(MockAnswer(200));
  asker.get();
  asker.get("http://api.example/b?x=1");
  asker.ask(Request::post(url).body("b").build());
  const std::vector<MockCall> calls = mock->calls();
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].is_answered);
  CHECK(calls[1].request.url() == "http://api.example/b?x=1");
  CHECK_FALSE(calls[1].is_answered);
  CHECK(calls[2].request.body() == "b");
  CHECK(mock->call_count("GET", "*") == 2);
  CHECK(mock->call_count("*", url) == 2);
  CHECK(mock->call_count("*", "http://api.example/*") == 3);
  CHECK(mock->call_count("PUT", "*") == 0);
  CHECK_FALSE(refusal_of([&] { return mock->call_count("GET", "/a"); }).empty());
  mock->reset();
  CHECK(mock->calls().empty());
  CHECK(asker.get() == refused);
}

TEST_CASE("rules without an answer, or of nothing, are refused") {
  MockTransport mock;
  CHECK_FALSE(refusal_of([&] { return mock.on("GET", "users"); }).empty());
  CHECK_FALSE(refusal_of([&] { return mock.on("G E T", "*"); }).empty());
  MockTransport::Rule rule = mock.on("GET", "*");
  CHECK(refusal_of([&] { return rule.when(nullptr); }) == "predicate of a mock must not be null");
  const auto reply = [&](auto what) {
    return refusal_of([&] {
      rule.reply(what);
      return 0;
    });
  };
  CHECK(reply(MockTransport::Responder()) == "responder of a mock must not be null");
  CHECK(reply(std::vector<MockAnswer>()) == "a mock must have an answer");
  CHECK_FALSE(refusal_of([&] { return rule.with_header("a b", ""); }).empty());
}

TEST_CASE("requests under way and rules outlive their mock") {
  auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("GET", url).reply(MockAnswer(200));
  MockTransport::Rule rule = mock->on("GET", "http://api.example/b");
  mock.reset();
  CHECK(asker.get() == "200");
  rule.reply(MockAnswer(201));
  CHECK(asker.get("http://api.example/b") == "201");
}

TEST_CASE("many threads at once use up a rule exactly, and every call is kept") {
  constexpr std::size_t thread_count = 4;
  constexpr std::size_t requests_each = 500;
  constexpr std::size_t limited = 700;
  const auto mock = std::make_shared<MockTransport>();
  const Asker asker(mock);
  mock->on("*", "*").reply(MockAnswer(404));
  mock->on("GET", url).times(limited).reply([](const Request&) { return MockAnswer(200); });
  std::atomic<std::size_t> answered = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; ++i) {
    threads.emplace_back([&] {
      for (std::size_t n = 0; n < requests_each; ++n) {
        if (asker.get() == "200") ++answered;
        if (n % 50 == 0) mock->on("GET", "http://other.example/").reply(MockAnswer(201));
        static_cast<void>(mock->unused());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == limited);
  CHECK(mock->calls().size() == thread_count * requests_each);
  CHECK(mock->unused().empty());
}

}  // namespace
}  // namespace async_http_pool
