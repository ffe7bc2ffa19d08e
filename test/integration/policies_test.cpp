// The options of redirects and retries, as servers see them.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/nginx_server.hpp"
#include "support/recording_observer.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

DynamicServer::Handler redirect_to(std::string location, int status = 302) {
  return [=](const ReceivedRequest&) {
    return Reply{.status = status, .headers = {{"location", location}}};
  };
}

RequestConfig on_503() { return RequestConfig().set_retry_statuses({429, 502, 503, 504}); }

Configuration configured(const RequestConfig& config) {
  return test_configuration().set_request_config(config);
}

/// Answers `status` `count` times, then 200.
DynamicServer::Handler fail_first(int count, int status, Headers headers = {}) {
  auto left = std::make_shared<std::atomic<int>>(count);
  return [=](const ReceivedRequest&) {
    if (left->fetch_sub(1) <= 0) return Reply{.body = "ok"};
    return Reply{.status = status, .headers = headers};
  };
}

}  // namespace

// --- Redirects ---

TEST_CASE("hard case 75: https leads to http for a request that allows it, without secrets") {
  const Certificates certificates;
  DynamicServer plain;
  NginxServer tls({.identity = certificates.good(),
                   .locations = "location = /down { return 302 " + plain.url("/echo") + "; }"});
  RunningProcessor processor(test_configuration().set_ca_file(certificates.ca_file()));
  const auto run = [&](const RequestConfig& config) {
    return processor.run(Request::get(tls.tls_url("/down"))
                             .header("authorization", "secret")
                             .header("referer", "https://secure/")
                             .config(config)
                             .build());
  };
  CHECK(run({}).error_code() == ErrorCode::unsafe_redirect);
  CHECK(plain.requests().empty());
  for (const bool referer : {false, true}) {
    CHECK(run(RequestConfig().set_allow_https_to_http(true).set_referer(referer)).status() == 200);
    CHECK_FALSE(plain.requests().back().headers.contains("authorization"));
    CHECK_FALSE(plain.requests().back().headers.contains("referer"));
  }
}

TEST_CASE("a redirect sends a referer where that is asked for") {
  DynamicServer server;
  server.route("/from", redirect_to("/next?a=1#b"));
  server.route("/next", redirect_to("/echo"));
  const auto referers = [&](RunningProcessor& processor) {
    CHECK(processor.get(server.url("/from?q=1#f")).status() == 200);
    std::vector<std::string> values;
    const std::vector<ReceivedRequest> requests = server.requests();
    for (std::size_t i = requests.size() - 3; i < requests.size(); ++i)
      values.push_back(requests[i].header("referer"));
    return values;
  };
  RunningProcessor silent;
  CHECK(referers(silent) == std::vector<std::string>{"", "", ""});
  RunningProcessor telling(configured(RequestConfig().set_referer(true)));
  CHECK(referers(telling) ==
        std::vector<std::string>{"", server.url("/from?q=1"), server.url("/next?a=1")});
}

TEST_CASE("hard case 76: the sensitive headers are those of the client, or of the request") {
  DynamicServer home;
  DynamicServer other;
  home.route("/from", redirect_to(other.url("/echo")));
  RunningProcessor processor(configured(RequestConfig().set_sensitive_headers({"X-Tenant"})));
  const auto arrive = [&](const RequestConfig& config) {
    const Request request = Request::get(home.url("/from"))
                                .header("x-tenant", "t")
                                .header("x-api-key", "k")
                                .header("x-plain", "p")
                                .config(config)
                                .build();
    CHECK(processor.run(request).status() == 200);
    const ReceivedRequest last = other.requests().back();
    return last.header("x-tenant") + last.header("x-api-key") + last.header("x-plain");
  };
  CHECK(arrive({}) == "kp");
  CHECK(arrive(RequestConfig().set_sensitive_headers({"x-api-key", "x-plain"})) == "t");
  CHECK(arrive(RequestConfig().set_sensitive_headers({})) == "tkp");
}

TEST_CASE("hard case 77: a redirect without location is a response") {
  DynamicServer server;
  RunningProcessor processor;
  for (const int status : {301, 302, 303, 307, 308})
    CHECK(processor.get(server.url("/status/" + std::to_string(status))).status() == status);
}

TEST_CASE("hard case 78: two locations that differ are refused, two that agree are one") {
  const auto run = [](const std::string& second) {
    ScriptedServer server({expect_request(), send(response(200, "arrived")), again()});
    server.on_connection(
        0,
        {expect_request(), send(response(302, "", "location: /a\r\nlocation: " + second + "\r\n")),
         expect_request(), send(response(200, "arrived"))});
    RunningProcessor processor;
    const std::string summary = processor.get(server.url()).summary();
    return summary + " " + std::to_string(server.requests().size());
  };
  CHECK(run("/b") == "unknown unsafe_redirect 1");
  CHECK(run("/a") == "response 200 2");
}

TEST_CASE("hard case 79: a location is encoded where it has to be, and only there") {
  const std::pair<std::string, std::string> rows[] = {{"/a b", "/a%20b"},
                                                      {"/\xff", "/%FF"},
                                                      {"/\xc3\xa9?\xc3\xa9", "/%C3%A9?%C3%A9"},
                                                      {"/a%20b%ff", "/a%20b%ff"}};
  for (const auto& [location, target] : rows) {
    INFO(target);
    ScriptedServer server({expect_request(), send(response(200, "arrived"))});
    server.on_connection(
        0, {expect_request(), send(response(302, "", "location: " + location + "\r\n")),
            expect_request(), send(response(200, "arrived"))});
    RunningProcessor processor;
    CHECK(processor.get(server.url()).body() == "arrived");
    CHECK(server.requests().back().target == target);
  }
}

TEST_CASE("hard case 85: retries and redirects of a chain share one deadline") {
  DynamicServer server;
  server.route("/from", redirect_to("/busy"));
  server.route("/busy", fail_first(1'000'000, 503));
  RunningProcessor processor(configured(
      on_503().set_retries(100).set_retry_delay(100ms).set_retry_delay_max(100ms).set_timeout(
          700ms)));
  const auto begin = Clock::now();
  CHECK(processor.get(server.url("/from")).status() == 503);  // no pause fitted any more
  CHECK(Clock::now() - begin < 5s);
}

// --- Retries ---

TEST_CASE("the statuses asked for are tried again, and observed as one request") {
  for (const int status : {429, 502, 503, 504}) {
    DynamicServer server;
    server.route("/", fail_first(2, status));
    RunningProcessor processor(configured(on_503()));
    const auto observer = std::make_shared<RecordingObserver>();
    processor->observe(observer);
    const Outcome outcome = processor.run(Request::get(server.url("/")).build(), {},
                                          {.raise_error_responses = true, .id = "id"});
    CHECK(outcome.body() == "ok");
    CHECK(server.requests().size() == 3);
    for (const ReceivedRequest& request : server.requests())
      CHECK(request.header("x-request-id") == "id");
    REQUIRE(observer->wait_for("request_end id"));
    CHECK(observer->events() ==
          std::vector<std::string>{"start", "request_start id", "request_end id"});
  }
}

TEST_CASE("other statuses are not, and the last response is the outcome") {
  DynamicServer server;
  server.route("/500", fail_first(1, 500));
  server.route("/503", fail_first(100, 503));
  RunningProcessor processor(configured(on_503().set_retries(2)));
  CHECK(processor.get(server.url("/500")).status() == 500);
  CHECK(server.requests().size() == 1);
  CHECK(processor.get(server.url("/503")).status() == 503);
  CHECK(server.requests().size() == 4);
}

TEST_CASE("hard case 61: a retry-after holds the retry back, a senseless one does not") {
  struct Row {
    std::string value;
    std::chrono::milliseconds least;
  };
  for (const Row& row :
       {Row{"1", 1s}, Row{"99999999999999999999999", 300ms},
        Row{"Fri, 31 Dec 9999 23:59:59 GMT", 300ms}, Row{"-5", 0ms}, Row{"1e20", 0ms},
        Row{"garbage", 0ms}, Row{"Sun, 06 Nov 1994 08:49:37 GMT", 0ms}, Row{"0", 0ms}}) {
    INFO(row.value);
    DynamicServer server;
    server.route("/", fail_first(1, 503, {{"retry-after", row.value}}));
    RequestConfig config = on_503();
    if (row.least != 1s) config.set_retry_after_max(300ms);
    RunningProcessor processor(configured(config));
    const auto begin = Clock::now();
    CHECK(processor.get(server.url("/")).body() == "ok");
    CHECK(Clock::now() - begin >= row.least);
    CHECK(server.requests().size() == 2);
  }
}

TEST_CASE("a retry-after beyond the deadline is not waited for") {
  DynamicServer server;
  server.route("/", fail_first(1, 503, {{"retry-after", "3600"}}));
  RunningProcessor processor(configured(on_503()));
  const auto begin = Clock::now();
  CHECK(processor.get(server.url("/")).status() == 503);
  CHECK(Clock::now() - begin < 5s);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("the longest pause is an option") {
  DynamicServer server;
  server.route("/", fail_first(3, 503));
  RunningProcessor processor(configured(on_503().set_retry_delay(3600s).set_retry_delay_max(1ms)));
  CHECK(processor.get(server.url("/")).body() == "ok");
  CHECK(server.requests().size() == 4);
}

TEST_CASE("hard case 95: a POST is sent again only when its sender says that it may be") {
  struct Row {
    const char* title;
    bool has_key;
    bool retry_unsafe;
    std::size_t requests;
  };
  for (const Row& row : {Row{"neither", false, false, 1}, Row{"a key", true, false, 2},
                         Row{"permission", false, true, 2}}) {
    INFO(row.title);
    const auto build = [&](const std::string& url) {
      RequestBuilder builder = Request::post(url);
      builder.body("x").config(RequestConfig().set_retry_unsafe(row.retry_unsafe));
      if (row.has_key) builder.header("Idempotency-Key", "k-1");
      return builder.build();
    };
    DynamicServer busy;
    busy.route("/", fail_first(1, 503));
    RunningProcessor processor(configured(on_503()));
    CHECK(processor.run(build(busy.url("/"))).status() == (row.requests == 1 ? 503 : 200));
    CHECK(busy.requests().size() == row.requests);
    // On a fresh connection that is lost.
    ScriptedServer dead({expect_request(), send(response(200, "ok"))});
    dead.on_connection(0, {expect_request(), close()});
    CHECK(processor.run(build(dead.url())).is_response() == (row.requests == 2));
    CHECK(dead.requests().size() == row.requests);
    for (const ReceivedRequest& request : dead.requests()) {
      CHECK(request.body == "x");
      CHECK(request.headers.contains("idempotency-key") == row.has_key);
    }
  }
}

TEST_CASE(
    "hard case 95: a reused connection dies as we send; GET and a keyed POST are sent again") {
  struct Row {
    const char* method;
    bool has_key;
    std::size_t requests;
  };
  for (const Row& row : {Row{"GET", false, 3}, Row{"POST", true, 3}, Row{"POST", false, 2}}) {
    INFO(row.method << row.has_key);
    ScriptedServer server({expect_request(), send(response(200, "again"))});
    server.on_connection(
        0, {expect_request(), send(response(200, "first")), expect_request(), close()});
    RunningProcessor processor;
    REQUIRE(processor.get(server.url()).body() == "first");
    RequestBuilder builder = Request::builder(row.method, server.url());
    if (row.has_key) builder.header("idempotency-key", "k");
    const Outcome outcome = processor.run(builder.build());
    CHECK(outcome.summary() == (row.requests == 3 ? "response 200" : "connection response_lost"));
    CHECK(server.requests().size() == row.requests);
  }
}

TEST_CASE("an overloaded origin gets no more retries than its budget, others have their own") {
  DynamicServer overloaded;
  DynamicServer other;
  overloaded.route("/", fail_first(1'000'000, 503));
  other.route("/", fail_first(1, 503));
  constexpr std::size_t requests = 50;
  const auto retries_of = [&](int percent, int floor) {
    Configuration configuration = configured(on_503().set_retries(3));
    configuration.set_client_config(ClientConfig(configuration.client_config())
                                        .set_retry_budget(percent)
                                        .set_retry_budget_floor(floor));
    RunningProcessor processor(configuration);
    const std::size_t before = overloaded.requests().size();
    for (std::size_t i = 0; i < requests; ++i)
      CHECK(processor.get(overloaded.url("/")).status() == 503);
    const std::size_t retries = overloaded.requests().size() - before - requests;
    if (floor > 0) CHECK(processor.get(other.url("/")).body() == "ok");
    return retries;
  };
  CHECK(retries_of(0, 0) == 0);
  CHECK(retries_of(0, 7) == 7);
  CHECK(retries_of(20, 10) == 20);
  CHECK(retries_of(300, 0) == 3 * requests);
}

TEST_CASE("retries that wait count in the budget") {
  DynamicServer server;
  server.route("/", fail_first(1'000'000, 503, {{"retry-after", "14"}}));
  Configuration configuration = configured(on_503());
  configuration.set_client_config(
      ClientConfig(configuration.client_config()).set_retry_budget(0).set_retry_budget_floor(3));
  RunningProcessor processor(configuration);
  std::vector<std::shared_ptr<RecordingHandler>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(processor.begin_get(server.url("/")));
  REQUIRE(eventually([&] { return processor->total_count() == 3; }));
  processor->stop(1ms);
  std::multiset<std::string> outcomes;
  for (const auto& task : tasks) outcomes.insert(task->outcome().summary());
  CHECK(outcomes.count("retry") == 3);  // the first to be answered: they wait
  CHECK(outcomes.count("response 503") == 2);
  CHECK(server.requests().size() == 5);
}

TEST_CASE("a synchronous executor keeps to a budget of its own over all its calls") {
  DynamicServer server;
  server.route("/", fail_first(1'000'000, 503));
  Configuration configuration = configured(on_503());
  configuration.set_client_config(
      ClientConfig(configuration.client_config()).set_retry_budget(0).set_retry_budget_floor(4));
  SynchronousExecutor executor(configuration);
  for (int i = 0; i < 3; ++i)
    CHECK(executor.call(Request::get(server.url("/")).build()).response()->status() == 503);
  CHECK(server.requests().size() == 3 + 4);
}
