// S3Store against servers that do what a real one does on a bad day, and worse.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/gate.hpp"
#include "support/scripted_server.hpp"
#include "support/store_failure.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

const std::string secret_key = "wJalrXUtnFEMI/K7MDENG";
const std::string token = "FwoGZXIvYXdzEBYaDtoken";
const std::string object = "/payloads/async_http_pool/payloads/key";

S3StoreOptions options_for(std::uint16_t port) {
  S3StoreOptions options;
  options.bucket = "payloads";
  options.endpoint = "http://127.0.0.1:" + std::to_string(port);
  options.region = "eu-west-1";
  options.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  options.secret_access_key = secret_key;
  options.session_token = token;
  options.retry_delay = 1ms;
  options.request_timeout = patience;
  return options;
}

S3StoreOptions without_retries(std::uint16_t port) {
  S3StoreOptions options = options_for(port);
  options.retries = 0;
  return options;
}

std::string error_response(int status, const std::string& code, const std::string& more = "",
                           const std::string& headers = "") {
  return response(status,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code +
                      "</Code><Message>said the server</Message>" + more + "</Error>",
                  "content-type: application/xml\r\n" + headers);
}

StoreFailure fetch_failure(const S3StoreOptions& options) {
  S3Store store(options);
  return store_failure_of([&] { static_cast<void>(store.fetch("key")); });
}

}  // namespace

TEST_CASE("what S3 says passes is tried again") {
  for (const std::string& bad :
       {error_response(503, "SlowDown"), error_response(503, "ServiceUnavailable"),
        error_response(500, "InternalError"), error_response(400, "RequestTimeout"),
        response(500, "<html><body>Oops</body></html>"), response(502, ""), response(504, ""),
        response(429, ""), error_response(200, "InternalError")}) {
    INFO(bad);
    ScriptedServer server({expect_request(), send(bad), expect_request(), send(bad),
                           expect_request(), send(response(200, ""))});
    S3Store store(options_for(server.port()));
    CHECK(store.store("key", "{}") == "key");
    CHECK(server.requests().size() == 3);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("connections to S3 that break are tried again") {
  const std::string half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":";
  for (const Script& bad :
       {Script{expect_request(), send(half), close()},
        Script{expect_request(), send(half), reset()}, Script{expect_request(), close()},
        Script{expect_request(), reset()}, Script{close()},
        Script{expect_request(), send("HTTP/1.1 200 OK\r\ncontent-le"), close()},
        Script{expect_request(),
               send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\""),
               close()}}) {
    ScriptedServer server({expect_request(), send(response(200, "{\"whole\":1}"))});
    server.on_connection(0, bad);
    server.on_connection(1, bad);
    S3Store store(options_for(server.port()));
    CHECK(store.fetch("key") == "{\"whole\":1}");
    CHECK(server.connections() == 3);
  }
}

TEST_CASE("S3 retries come to an end") {
  ScriptedServer server({expect_request(), send(error_response(503, "SlowDown")), again()});
  S3StoreOptions options = options_for(server.port());
  options.retries = 2;
  const StoreFailure failure = fetch_failure(options);
  CHECK(failure.code == PayloadStoreErrorCode::overloaded);
  CHECK_THAT(failure.message, Catch::Contains("SlowDown: \"said the server\" (3 attempts)"));
  CHECK(server.requests().size() == 3);
}

TEST_CASE("what will not change is not asked of S3 again") {
  for (const char* code : {"AccessDenied", "EntityTooLarge", "NotImplemented", "Whatever"}) {
    INFO(code);
    ScriptedServer server({expect_request(), send(error_response(400, code)), again()});
    CHECK(fetch_failure(options_for(server.port())).code);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("S3 is left alone for as long as it asks") {
  const std::string busy = error_response(503, "SlowDown", "", "retry-after: 1\r\n");
  ScriptedServer server({expect_request(), send(busy), expect_request(), send(response(200, "1"))});
  S3Store store(options_for(server.port()));
  const auto begin = Clock::now();
  CHECK(store.fetch("key") == "1");
  CHECK(Clock::now() - begin >= 1s);
}

TEST_CASE("an S3 server that asks for more time than there is gets no second request") {
  ScriptedServer server(
      {expect_request(), send(error_response(503, "SlowDown", "", "retry-after: 3600\r\n"))});
  const auto begin = Clock::now();
  CHECK(fetch_failure(options_for(server.port())).code == PayloadStoreErrorCode::overloaded);
  CHECK(Clock::now() - begin < patience / 2);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("all attempts at S3 share one time-out") {
  S3StoreOptions options = options_for(free_port());
  options.retries = 20;
  options.retry_delay = 50ms;
  options.request_timeout = 300ms;
  const auto begin = Clock::now();
  CHECK(fetch_failure(options).code == PayloadStoreErrorCode::unavailable);
  CHECK(Clock::now() - begin < patience / 2);
}

TEST_CASE("an S3 answer that drips is not waited for beyond the time-out") {
  ScriptedServer server(
      {expect_request(), send_slowly(response(200, std::string(10000, 'x')), 5ms)});
  S3StoreOptions options = options_for(server.port());
  options.request_timeout = 250ms;
  const auto begin = Clock::now();
  CHECK(fetch_failure(options).code == PayloadStoreErrorCode::timeout);
  CHECK(Clock::now() - begin < patience / 2);
}

TEST_CASE("S3 redirects are told and not followed") {
  DynamicServer other;
  const std::string location = "location: " + other.url(object) + "\r\n";
  for (const int status : {301, 307}) {
    ScriptedServer server(
        {expect_request(),
         send(error_response(status, "PermanentRedirect",
                             "<Endpoint>payloads.s3-eu-west-2.amazonaws.com</Endpoint>",
                             location + "x-amz-bucket-region: eu-west-2\r\n"))});
    const StoreFailure failure = fetch_failure(options_for(server.port()));
    CHECK(failure.code == PayloadStoreErrorCode::misconfigured);
    CHECK_THAT(failure.message, Catch::Contains("region \"eu-west-2\"") &&
                                    Catch::Contains("payloads.s3-eu-west-2.amazonaws.com"));
    CHECK(server.requests().size() == 1);
  }
  CHECK(other.requests().empty());
}

TEST_CASE("only an S3 server that says so has no such object") {
  struct Row {
    std::string answer;
    bool is_missing;
  };
  for (const Row& row :
       {Row{error_response(404, "NoSuchKey"), true},
        Row{error_response(404, "NoSuchBucket"), false},
        Row{response(404, "<html>Not Found</html>"), false}, Row{response(404, ""), false}}) {
    INFO(row.answer);
    ScriptedServer server({expect_request(), send(row.answer), again()});
    S3Store store(options_for(server.port()));
    std::optional<std::string> payload;
    const StoreFailure fetched = store_failure_of([&] { payload = store.fetch("key"); });
    const StoreFailure removed = store_failure_of([&] { store.remove("key"); });
    const StoreFailure stored =
        store_failure_of([&] { static_cast<void>(store.store("key", "1")); });
    CHECK_FALSE(payload);
    CHECK(fetched.code.has_value() != row.is_missing);
    CHECK(removed.code.has_value() != row.is_missing);
    CHECK(stored.code);
    if (!row.is_missing) CHECK(fetched.code == PayloadStoreErrorCode::misconfigured);
  }
}

TEST_CASE("an S3 payload whose end nobody announced is not believed") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\n\r\n{\"cut\":"), close()});
  CHECK(fetch_failure(without_retries(server.port())).code == PayloadStoreErrorCode::corrupt);
}

TEST_CASE("an S3 payload comes with status 200, whatever else is a success") {
  for (const int status : {201, 202, 203, 206, 226}) {
    INFO(status);
    ScriptedServer server({expect_request(), send(response(status, "{}")), again()});
    const StoreFailure failure = fetch_failure(options_for(server.port()));
    CHECK(failure.code == PayloadStoreErrorCode::corrupt);
    CHECK_THAT(failure.message, Catch::Contains(std::to_string(status)));
    CHECK(server.requests().size() == 1);
    S3Store store(without_retries(server.port()));
    CHECK(store.store("key", "{}") == "key");
    CHECK_NOTHROW(store.remove("key"));
  }
}

TEST_CASE("what S3 answers to a PUT or DELETE may end with the connection") {
  ScriptedServer server({expect_request(), send("HTTP/1.1 200 OK\r\n\r\n"), close()});
  S3Store store(without_retries(server.port()));
  CHECK(store.store("key", "{}") == "key");
  CHECK_NOTHROW(store.remove("key"));
}

TEST_CASE("an S3 payload may look like an error") {
  const std::string payload = "<Error><Code>SlowDown</Code></Error>";
  ScriptedServer server({expect_request(), send(response(200, payload))});
  S3Store store(options_for(server.port()));
  CHECK(store.fetch("key") == payload);
}

TEST_CASE("an endless error of S3 is not read to its end") {
  ScriptedServer server(
      {expect_request(), send("HTTP/1.1 500 Oops\r\ncontent-length: 100000000000\r\n\r\n" +
                              std::string(1 << 20, 'x'))});
  const StoreFailure failure = fetch_failure(without_retries(server.port()));
  CHECK(failure.code == PayloadStoreErrorCode::unavailable);
  CHECK(failure.message.size() < 1000);
}

TEST_CASE("endless headers of S3 are not read to their end") {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "x-" + std::to_string(i) + ": y\r\n";
  for (const std::string& headers : {many, "x-large: " + std::string(90'000, 'y') + "\r\n"}) {
    ScriptedServer server({expect_request(), send(response(200, "1", headers))});
    CHECK(fetch_failure(without_retries(server.port())).code == PayloadStoreErrorCode::internal);
  }
}

TEST_CASE("what is no HTTP is no answer of S3") {
  for (const char* nonsense : {"HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "hello\r\n\r\n",
                               "HTTP/1.1 200 OK\r\n bad: folded\r\n\r\n"}) {
    INFO(nonsense);
    ScriptedServer server({expect_request(), send(nonsense), close()});
    CHECK(fetch_failure(without_retries(server.port())).code);
  }
}

TEST_CASE("a folded first header of a later S3 answer does no harm") {
  ScriptedServer server({expect_request(), send(response(200, "1")), expect_request(),
                         send("HTTP/1.1 200 OK\r\n folded: yes\r\ncontent-length: 1\r\n\r\n2"),
                         close()});
  S3Store store(without_retries(server.port()));
  CHECK(store.fetch("key") == "1");
  std::optional<std::string> payload;
  const StoreFailure failure = store_failure_of([&] { payload = store.fetch("key"); });
  CHECK((failure.code || payload == "2"));  // whether libcurl minds depends on its version
  CHECK(server.requests().size() >= 2);
}

TEST_CASE("what S3 says unasked is no answer") {
  Gate fetched;  // in one piece with the first answer libcurl would notice by itself
  Gate spoken;
  ScriptedServer server({expect_request(), send(response(200, "two")), again()});
  server.on_connection(0, {expect_request(), send(response(200, "one")), wait_for(fetched),
                           send(response(200, "EVIL")), open_gate(spoken)});
  S3Store store(without_retries(server.port()));
  CHECK(store.fetch("key") == "one");
  fetched.open();
  REQUIRE(spoken.wait());
  CHECK(store.fetch("key") == "two");
  CHECK(store.fetch("key") == "two");
  CHECK(server.connections() == 2);
}

TEST_CASE("an S3 connection that was closed while idle costs no attempt") {
  Gate closed;
  ScriptedServer server({expect_request(), send(response(200, "two"))});
  server.on_connection(0,
                       {expect_request(), send(response(200, "one")), close(), open_gate(closed)});
  S3Store store(without_retries(server.port()));
  CHECK(store.fetch("key") == "one");
  REQUIRE(closed.wait());
  CHECK(store.fetch("key") == "two");
}

TEST_CASE("S3 connections are kept, one for each thread that calls") {
  DynamicServer server;
  server.route(object, [](const ReceivedRequest&) { return Reply{.body = "1"}; });
  S3Store store(options_for(server.port()));
  for (int i = 0; i < 20; ++i) CHECK(store.fetch("key") == "1");
  CHECK(server.connections() == 1);
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 25; ++k) right += store.fetch("key") == "1" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 100);
  CHECK(server.connections() <= 4);
}

TEST_CASE("requests to S3 say what they have to say, once") {
  DynamicServer server;
  server.route(object, [](const ReceivedRequest&) { return Reply{}; });
  S3Store store(options_for(server.port()));
  store.store("key", "abc");
  static_cast<void>(store.fetch("key"));
  store.remove("key");
  const std::vector<ReceivedRequest> requests = server.requests();
  REQUIRE(requests.size() == 3);
  const char* const methods[] = {"PUT", "GET", "DELETE"};
  for (std::size_t i = 0; i < 3; ++i) {
    const ReceivedRequest& request = requests[i];
    CHECK(request.method == methods[i]);
    CHECK(request.target == object);
    CHECK(request.header("x-amz-security-token") == token);
    CHECK_THAT(request.header("authorization"), Catch::Contains("AWS4-HMAC-SHA256") &&
                                                    Catch::Contains("/eu-west-1/s3/aws4_request"));
    for (const char* name :
         {"host", "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}) {
      INFO(name);
      CHECK(request.headers.get_all(name).size() == 1);
      CHECK((name == std::string("authorization") ||
             request.header("authorization").find(name) != std::string::npos));
    }
  }
  CHECK(requests[0].body == "abc");
  CHECK(requests[0].header("content-type") == "application/json");
  CHECK(requests[0].header("x-amz-content-sha256") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(requests[1].header("x-amz-content-sha256") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK_FALSE(requests[1].headers.contains("content-type"));
}

TEST_CASE("a large S3 payload is not held back for a server's go-ahead") {
  DynamicServer server;  // it never says 100 Continue, for which libcurl would wait a second
  server.route(object, [](const ReceivedRequest&) { return Reply{}; });
  S3Store store(options_for(server.port()));
  const std::string large(2 << 20, 'x');
  std::chrono::nanoseconds shortest = 1h;
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    store.store("key", large);
    shortest = std::min<std::chrono::nanoseconds>(shortest, Clock::now() - begin);
  }
  CHECK(shortest < 900ms);
  CHECK(server.requests().back().body == large);
}

TEST_CASE("credentials for S3 are in no message, even when the server quotes them") {
  for (const std::string& quoted : {secret_key, token, std::string("AKIAIOSFODNN7EXAMPLE")}) {
    const std::string more = "<Token-0>" + quoted + "</Token-0><RequestId>" + quoted +
                             "</RequestId><Region>" + quoted + "</Region>";
    for (const char* code : {"InvalidToken", "AuthorizationHeaderMalformed"}) {
      ScriptedServer server({expect_request(), send(error_response(400, code, more))});
      const StoreFailure failure = fetch_failure(options_for(server.port()));
      CHECK_THAT(failure.message, Catch::Contains("***") && !Catch::Contains(quoted));
    }
  }
}

TEST_CASE("what stands in an S3 message and is not the server's is not masked") {
  ScriptedServer server({expect_request(),
                         send(error_response(400, "Whatever", "<RequestId>test*</RequestId>")),
                         again()});
  S3StoreOptions options = without_retries(server.port());
  options.access_key_id = "payloads";
  options.secret_access_key = "*";
  options.session_token = "";
  options.key_prefix = "a*/";
  std::string message = fetch_failure(options).message;
  CHECK_THAT(message, Catch::Contains("bucket \"payloads\"") && Catch::Contains("\"a*/key\"") &&
                          Catch::Contains("\"test***\""));
  options.access_key_id = "said";  // too short to be taken for one
  message = fetch_failure(options).message;
  CHECK_THAT(message, Catch::Contains("said the server"));
}

TEST_CASE("keys that are none never reach S3") {
  ScriptedServer server;
  S3Store store(options_for(server.port()));
  for (const char* key : {"", ".", "..", "a/b", "a b", "a\n", "\xc3\xa9", "a%2e"}) {
    CHECK_THROWS_AS(store.store(key, "1"), std::invalid_argument);
    CHECK_THROWS_AS(store.fetch(key), std::invalid_argument);
    CHECK_THROWS_AS(store.remove(key), std::invalid_argument);
  }
  CHECK(server.connections() == 0);
}
