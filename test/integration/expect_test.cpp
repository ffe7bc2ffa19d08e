// The option expect_timeout: whether a body waits for "100 Continue" (RFC 9110, section 10.1.1).
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

RequestConfig expecting(std::chrono::milliseconds timeout) {
  return RequestConfig().set_expect_timeout(timeout);
}

/// A request with a body that asks first; `patience` is longer than any test lasts.
Request asking(const BodyForm& form, const std::string& url,
               std::chrono::milliseconds timeout = patience) {
  RequestBuilder builder = Request::post(url);
  form.set(builder);
  return builder.config(expecting(timeout)).build();
}

/// The head of a request that says `expect`, and nothing behind it.
std::string receive_expecting_head(const Descriptor& connection) {
  std::string head = RawListener::receive_head(connection);
  CHECK_THAT(head, Catch::Matchers::Contains("\r\nexpect: 100-continue\r\n"));
  CHECK(head.ends_with("\r\n\r\n"));
  return head;
}

void add_source(RequestBuilder& builder) {
  builder.body_source(
      make_body_source([is_over = false](std::span<char> buffer) mutable -> std::size_t {
        if (std::exchange(is_over, true)) return 0;
        return std::string_view("supplied").copy(buffer.data(), buffer.size());
      }));
}

struct Fixture {
  TempDirectory directory;
  std::vector<BodyForm> forms = [this] {
    const std::string bytes = numbered_bytes(10'000);
    return body_forms(bytes, directory.write("body", bytes));
  }();
  RunningProcessor processor{test_configuration().set_retries(0)};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "isahc: expect_header_is_sent; the body follows the 100, and no sooner") {
  for (const BodyForm& form : forms) {
    INFO(form.name);
    const RawListener listener;
    const auto handler = processor.begin(asking(form, url_of(listener)));
    const Descriptor connection = listener.accept();
    const std::string head = receive_expecting_head(connection);
    send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(form.is_in(receive_request(connection, head)));
    send_all(connection, ok);
    CHECK(handler->outcome().body() == "ok");
  }
}

TEST_CASE_METHOD(Fixture, "isahc: expect_header_is_not_sent_when_disabled, nor without a body") {
  DynamicServer server;
  RunningProcessor usual(test_configuration().set_request_config(expecting(10ms)));
  const auto expectation_of = [&](const Request& request) {
    REQUIRE(usual.run(request).status() == 200);
    return server.requests().back().headers.get_all("expect").size();
  };
  const std::string url = server.url("/status/200");
  CHECK(expectation_of(Request::post(url).body("x").build()) == 1);
  CHECK(expectation_of(Request::post(url).body("x").config(expecting(0ms)).build()) == 0);
  CHECK(expectation_of(Request::post(url).build()) == 0);
  CHECK(expectation_of(Request::get(url).build()) == 0);
  const std::string empty = directory.write("empty", "");
  CHECK(expectation_of(Request::post(url).body_file(empty).build()) == 0);
  CHECK(expectation_of(Request::post(url)
                           .body("x")
                           .config(RequestConfig().set_http_version(HttpVersion::http1_0))
                           .build()) == 0);
}

TEST_CASE_METHOD(Fixture, "hard case 35: where no 100 comes the body is sent after the time-out") {
  for (const BodyForm& form : forms) {
    INFO(form.name);
    const RawListener listener;
    const auto handler = processor.begin(asking(form, url_of(listener), 200ms));
    const Descriptor connection = listener.accept();
    const std::string head = receive_expecting_head(connection);
    const auto asked_at = Clock::now();
    CHECK(form.is_in(receive_request(connection, head)));
    CHECK(Clock::now() - asked_at > 150ms);
    send_all(connection, ok);
    CHECK(handler->outcome().body() == "ok");
  }
}

TEST_CASE_METHOD(Fixture, "hard case 35: also when another timer ends at the same time") {
  // libcurl up to 8.3 drops a timer that is due within a millisecond of another: here the one after
  // which it looks for other addresses, which begins a little earlier.
  constexpr int count = 100;
  const RawListener listener;
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (int i = 0; i < count; ++i) {
    const auto options = expecting(200ms).set_happy_eyeballs_timeout(200ms + Milliseconds(i % 10));
    handlers.push_back(processor.begin(
        Request::post(url_of(listener)).body(forms[0].bytes).config(options).build()));
  }
  std::vector<Descriptor> connections;
  for (int i = 0; i < count; ++i) connections.push_back(listener.accept());
  for (const Descriptor& connection : connections) {
    CHECK(forms[0].is_in(receive_request(connection)));
    send_all(connection, ok);
  }
  for (const auto& handler : handlers) CHECK(handler->outcome().summary() == "response 200");
}

TEST_CASE_METHOD(Fixture, "hard case 35: also when an interim response comes at the same time") {
  // libcurl up to 8.6 forgets that the wait is over when there is something to read just then.
  forms.push_back({"source", add_source, "supplied", 1});
  for (const BodyForm& form : forms) {
    INFO(form.name);
    const RawListener listener;
    RequestBuilder builder = Request::post(url_of(listener));
    form.set(builder);
    // No other timer of libcurl's is to help.
    const auto options = expecting(50ms).set_happy_eyeballs_timeout(1ms);
    const auto handler = processor.begin(builder.config(options).build());
    const Descriptor connection = listener.accept();
    const std::string head = receive_expecting_head(connection);
    const int on = 1;
    REQUIRE(::setsockopt(connection.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    send_all(connection, "HTTP/1.1 103 Early Hints\r\nx-dots: ");
    for (const auto end = Clock::now() + 100ms; Clock::now() < end;) {
      send_all(connection, ".");
      std::this_thread::sleep_for(200us);  // the pace of the server
    }
    CHECK(form.is_in(receive_request(connection, head)));
    send_all(connection, "\r\n\r\n" + ok);
    CHECK(handler->outcome().body() == "ok");
  }
}

TEST_CASE_METHOD(Fixture,
                 "hard case 36: after a 417 the request is made once more, without asking") {
  struct Row {
    std::string answer;  // to the second request
    std::string connection;
    bool is_late;  // the first one was not waited for
  };
  const std::vector<Row> rows = {{"200", "", false},
                                 {"200", "connection: close\r\n", false},
                                 {"417", "", false},
                                 {"417", "connection: close\r\n", false},
                                 {"200", "connection: close\r\n", true}};
  for (const BodyForm& form : forms) {
    for (const auto& [answer, connection, is_late] : rows) {
      INFO(form.name << " " << answer << " " << connection << is_late);
      const RawListener listener;
      const auto handler =
          processor.begin(asking(form, url_of(listener), is_late ? 10ms : patience));
      const Descriptor first = listener.accept();
      const std::string head = receive_expecting_head(first);
      if (is_late) CHECK(form.is_in(receive_request(first, head)));
      send_all(first, "HTTP/1.1 417 No\r\ncontent-length: 0\r\n" + connection + "\r\n");
      const Descriptor second = listener.accept();
      const ReceivedRequest again = receive_request(second);
      CHECK(again.method == "POST");
      CHECK(form.is_in(again));
      CHECK_FALSE(again.headers.contains("expect"));
      send_all(second, "HTTP/1.1 " + answer + " Final\r\ncontent-length: 0\r\n\r\n");
      CHECK(handler->outcome().summary() == "response " + answer);
    }
  }
}

TEST_CASE_METHOD(Fixture, "hard case 37: after a final status instead of 100 no body is sent") {
  for (const BodyForm& form : forms) {
    for (const std::string status : {"200", "204", "403", "500"}) {
      INFO(form.name << " " << status);
      const RawListener listener;
      const bool is_success = status[0] == '2';
      const auto handler =
          processor.begin(asking(form, url_of(listener), is_success ? 100ms : patience));
      const Descriptor connection = listener.accept();
      receive_expecting_head(connection);
      send_all(connection, "HTTP/1.1 " + status + " Final\r\n" +
                               (status == "204" ? "\r\n" : "content-length: 0\r\n\r\n"));
      CHECK(handler->outcome().summary() == "response " + status);
      // And none may use the connection: the server could take the next request for the body.
      const std::string rest = receive_bytes(connection, 1'000'000);
      // libcurl 8.22 waits on after a success, and then sends what nobody wants any more; up to
      // 8.14 it does not.
      const bool is_body = form.name != "multipart" ? rest == form.bytes : rest.ends_with("--\r\n");
      CHECK((rest.empty() || (is_success && is_body)));
    }
  }
}

TEST_CASE_METHOD(Fixture,
                 "a redirect instead of 100 is followed, and its server is asked as well") {
  for (const BodyForm& form : forms) {
    INFO(form.name);
    const RawListener listener;
    const RawListener other;
    const auto handler = processor.begin(asking(form, url_of(listener)));
    const Descriptor first = listener.accept();
    receive_expecting_head(first);
    send_all(first,
             "HTTP/1.1 307 There\r\ncontent-length: 0\r\nlocation: " + url_of(other) + "\r\n\r\n");
    const Descriptor second = other.accept();
    const std::string head = receive_expecting_head(second);
    send_all(second, "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(form.is_in(receive_request(second, head)));
    send_all(second, ok);
    CHECK(handler->outcome().body() == "ok");
    CHECK(receive_bytes(first, 1).empty());
  }
}
