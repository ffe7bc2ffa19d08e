// A task run on the calling thread: the same outcome as by a processor, and nothing left behind.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/forked_child.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/socket_shortage.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Runs `request` by `executor`, and returns what the handler was told.
Outcome execute(SynchronousExecutor& executor, const Request& request, TaskOptions options = {}) {
  auto handler = std::make_shared<RecordingHandler>();
  const TaskOutcome returned = executor.call(RequestTask(
      request, handler, "TestCallback", CallbackArgs{{"user_id", 123}}, std::move(options)));
  const Outcome told = handler->outcome(0ms);  // it is over already
  REQUIRE((returned.response() != nullptr) == told.is_response());
  REQUIRE((returned.error() != nullptr) == told.is_error());
  if (told.is_response()) CHECK(returned.response()->to_json() == told.response().to_json());
  if (told.is_error()) CHECK(returned.error()->to_json() == told.error().to_json());
  CHECK(told.thread() == std::this_thread::get_id());
  return told;
}

/// All that is known of an outcome but how long it took.
std::string timeless(const Outcome& outcome) {
  const std::string json =
      outcome.is_response() ? outcome.response().to_json() : outcome.error().to_json();
  const std::string text = std::regex_replace(json, std::regex(R"("duration":[0-9.e-]+)"), "");
  return outcome.summary() + " " + outcome.callback() + " " +
         std::regex_replace(text, std::regex(R"([0-9]+ ms)"), "");
}

/// Requests of every kind of outcome, and the servers that they go to.
class Situations {
 public:
  struct Situation {
    std::string expected;  ///< summary of the outcome
    Request request;
    std::size_t requests_seen;  ///< by all servers
    bool raises = false;
  };

  Situations() {
    server_.route("/loop", [](const ReceivedRequest&) {
      return Reply{.status = 302, .headers = {{"location", "/loop"}}, .body = {}};
    });
    server_.route("/out", [](const ReceivedRequest&) {
      return Reply{.status = 302, .headers = {{"location", "ftp://h/"}}, .body = {}};
    });
  }

  [[nodiscard]] std::vector<Situation> all() const {
    const auto get = [this](const char* path) { return Request::get(server_.url(path)).build(); };
    const auto post = [](const std::string& url) { return Request::post(url).body("x").build(); };
    const std::string nowhere = "http://127.0.0.1:" + std::to_string(free_port());
    return {
        {"response 200", get("/bytes/1000"), 1},
        {"response 200", get("/gzip"), 1},
        {"response 200", Request::head(server_.url("/bytes/10")).build(), 1},
        {"response 201", post(server_.url("/status/201")), 1},
        {"response 404", get("/status/404"), 1},
        {"http_error", get("/status/404"), 1, true},
        {"http_error", get("/status/500"), 1, true},
        {"response 200", get("/status/200"), 1, true},
        {"response 200", get("/redirect/3"), 4},
        {"redirect", get("/redirect/9"), 6},
        {"redirect", get("/loop"), 1},
        {"unknown unsafe_redirect", get("/out"), 1},
        {"connection connection_refused", Request::get(nowhere).build(), 0},
        {"timeout request_timeout", Request::get(server_.url("/hold")).timeout(100ms).build(), 1},
        {"connection truncated_response", Request::get(cutting_.url()).build(), 1},
        {"connection connection_lost", Request::get(dropping_.url()).build(), 3},
        {"connection connection_lost", post(dropping_.url()), 1},
        {"unknown protocol_violation", Request::get(babbling_.url()).build(), 1},
        {"response_too_large body_too_large", get("/bytes/2000000"), 1}};
  }

  [[nodiscard]] std::size_t requests_seen() const {
    return server_.requests().size() + cutting_.requests().size() + dropping_.requests().size() +
           babbling_.requests().size();
  }

 private:
  DynamicServer server_;
  ScriptedServer cutting_{
      {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut"), close()}};
  ScriptedServer dropping_{{expect_request(), close()}};
  ScriptedServer babbling_{{expect_request(), send("good morning\r\n\r\n"), close()}};
};

std::size_t entries_of(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

TEST_CASE("Of a bare request only the hook and the caller learn the outcome") {
  DynamicServer server;
  int statuses = 0;
  SynchronousExecutor executor(test_configuration(), {.on_complete = [&](const Response& response) {
                                 statuses += response.status();
                               }});
  const TaskOutcome outcome = executor.call(Request::get(server.url("/status/201")).build());
  REQUIRE(outcome.response() != nullptr);
  CHECK(outcome.response()->status() == 201);
  CHECK(statuses == 201);
}

TEST_CASE("an executor gives the outcome that a processor gives, with as many requests") {
  const Situations situations;
  const Configuration configuration = test_configuration().set_retries(2);
  RunningProcessor processor(configuration);
  SynchronousExecutor executor(configuration);
  for (const auto& [expected, request, requests_seen, raises] : situations.all()) {
    INFO(expected << " " << request.url());
    const TaskOptions options = {.raise_error_responses = raises, .id = "job-1"};
    const std::size_t before = situations.requests_seen();
    const Outcome here = execute(executor, request, options);
    CHECK(here.summary() == expected);
    CHECK(situations.requests_seen() - before == requests_seen);
    const Outcome there = processor.run(request, {{"user_id", 123}}, options);
    CHECK(timeless(here) == timeless(there));
  }
}

TEST_CASE("an executor tells the id, the redirects and the duration of a task") {
  DynamicServer server;
  SynchronousExecutor executor(test_configuration());
  const Response response = execute(executor, Request::get(server.url("/redirect/2")).build(),
                                    {.raise_error_responses = {}, .id = "job/7"})
                                .response();
  CHECK(response.request_id() == "job/7");
  CHECK(response.redirects() ==
        std::vector<std::string>{server.url("/redirect/2"), server.url("/redirect/1")});
  CHECK(response.url() == server.url("/redirect/0"));
  CHECK(response.duration() > 0ns);
  CHECK(response.callback_args() == CallbackArgs{{"user_id", 123}});
  const std::vector<ReceivedRequest> requests = server.requests();
  CHECK(requests.at(0).header("x-request-id") == "job/7");
  CHECK(requests.at(2).header("x-request-id") == "job/7/3");
}

TEST_CASE("an executor heeds its configuration") {
  DynamicServer server;
  SynchronousExecutor executor(test_configuration()
                                   .set_raise_error_responses(true)
                                   .set_max_redirects(1)
                                   .set_request_timeout(50ms)
                                   .set_max_response_size(10)
                                   .set_user_agent("here/1"));
  CHECK(execute(executor, Request::get(server.url("/status/404")).build()).summary() ==
        "http_error");
  CHECK(server.requests().back().header("user-agent") == "here/1");
  CHECK(execute(executor, Request::get(server.url("/redirect/2")).build()).summary() == "redirect");
  CHECK(execute(executor, Request::get(server.url("/hold")).build()).summary() ==
        "timeout request_timeout");
  CHECK(execute(executor, Request::get(server.url("/bytes/11")).build()).summary() ==
        "response_too_large body_too_large");
}

TEST_CASE("the hook is told before the handler, each once, and only the one of the outcome") {
  DynamicServer server;
  std::vector<std::string> events;
  SynchronousExecutor executor(test_configuration(),
                               {.on_complete =
                                    [&](const Response& response) {
                                      CHECK(response.status() == 404);
                                      events.emplace_back("complete");
                                    },
                                .on_error =
                                    [&](const Error& error) {
                                      CHECK(error.error_type() == ErrorType::http_error);
                                      events.emplace_back("error");
                                    }});
  const auto handler = std::make_shared<CallbackHandler>([&] { events.emplace_back("handler"); });
  const Request request = Request::get(server.url("/status/404")).build();
  static_cast<void>(executor.call(RequestTask(request, handler, "TestCallback")));
  static_cast<void>(executor.call(RequestTask(request, handler, "TestCallback", {},
                                              {.raise_error_responses = true, .id = {}})));
  CHECK(events == std::vector<std::string>{"complete", "handler", "error", "handler"});
  CHECK(handler->record().response_count() == 1);
  CHECK(handler->record().error_count() == 1);
}

TEST_CASE("what a hook or a handler throws comes out, and nothing else is called") {
  struct Complaint {};
  DynamicServer server;
  const bool raises = GENERATE(true, false);
  const auto task = [&](const std::shared_ptr<TaskHandler>& handler) {
    return RequestTask(Request::get(server.url("/status/500")).build(), handler, "TestCallback", {},
                       {.raise_error_responses = raises, .id = {}});
  };
  bool complains = true;
  const auto complain = [&](const auto&) {
    if (complains) throw Complaint();
  };
  SynchronousExecutor with_hooks(test_configuration(),
                                 {.on_complete = complain, .on_error = complain});
  const auto handler = std::make_shared<RecordingHandler>();
  CHECK_THROWS_AS(with_hooks.call(task(handler)), Complaint);
  CHECK(handler->outcomes().empty());
  complains = false;  // it is as good as new
  CHECK_NOTHROW(with_hooks.call(task(handler)));
  CHECK(handler->outcomes().size() == 1);

  SynchronousExecutor executor(test_configuration());
  const auto throwing = std::make_shared<CallbackHandler>([] { throw std::runtime_error("no"); });
  CHECK_THROWS_WITH(executor.call(task(throwing)), "no");
  CHECK(throwing->record().outcomes().size() == 1);
  CHECK(throwing->record().retry_count() == 0);
}

TEST_CASE("hooks and handlers may use anything but the executor that calls them") {
  const Watchdog watchdog("an executor inside an executor");
  DynamicServer server;
  const Request request = Request::get(server.url("/status/200")).build();
  const auto task = [&] {
    return RequestTask(request, std::make_shared<RecordingHandler>(), "TestCallback");
  };
  SynchronousExecutor other(test_configuration());
  std::unique_ptr<SynchronousExecutor> executor;
  int hooks = 0;
  const auto use_everything = [&] {
    ++hooks;
    CHECK_THROWS_AS(executor->call(task()), std::logic_error);
    CHECK(other.call(task()).response() != nullptr);
    RunningProcessor processor;
    CHECK(processor.run(request).status() == 200);
    CHECK(processor->wait_until_idle(patience));
  };
  executor = std::make_unique<SynchronousExecutor>(
      test_configuration(),
      SynchronousExecutor::Hooks{.on_complete = [&](const Response&) { use_everything(); },
                                 .on_error = {}});
  const auto handler = std::make_shared<CallbackHandler>(use_everything);
  CHECK(executor->call(RequestTask(request, handler, "TestCallback")).response() != nullptr);
  CHECK(hooks == 2);
  CHECK(executor->call(task()).response() != nullptr);
}

TEST_CASE("an executor refuses to wait on an agent thread") {
  DynamicServer server;
  RunningProcessor processor;
  SynchronousExecutor executor(test_configuration());
  const Request request = Request::get(server.url("/status/200")).build();
  const auto unused = std::make_shared<RecordingHandler>();
  std::string message;
  const auto handler = std::make_shared<CallbackHandler>([&] {
    try {
      static_cast<void>(executor.call(RequestTask(request, unused, "TestCallback")));
    } catch (const std::logic_error& error) {
      message = error.what();
    }
  });
  processor->enqueue(RequestTask(request, handler, "TestCallback"));
  REQUIRE(processor->wait_until_idle(patience));
  CHECK_THAT(message, Catch::Matchers::StartsWith("SynchronousExecutor::call must not be called"));
  CHECK(unused->outcomes().empty());
  CHECK(server.requests().size() == 1);
  CHECK(execute(executor, request).status() == 200);  // here it is allowed
}

TEST_CASE("a hundred calls leave no descriptor and no thread behind") {
  NginxServer server({.identity = {}});
  ScriptedServer dropping({expect_request(), half_close(), wait_for_peer_close()});
  SynchronousExecutor executor(test_configuration().set_retries(1));
  const Request good = Request::get(server.url("/redirect")).build();
  const Request lost = Request::get(dropping.url()).build();
  const Request refused = Request::get("http://127.0.0.1:" + std::to_string(free_port())).build();
  REQUIRE(execute(executor, good).status() == 200);  // what libraries open once is open now
  const std::size_t descriptors = entries_of("/proc/self/fd");
  const std::size_t threads = entries_of("/proc/self/task");
  for (int i = 0; i < 100; ++i) {
    REQUIRE(execute(executor, good).body() == "ok");
    REQUIRE(execute(executor, refused).is_error());
  }
  CHECK(entries_of("/proc/self/fd") == descriptors);
  CHECK(entries_of("/proc/self/task") == threads);
  for (int i = 0; i < 5; ++i) REQUIRE(execute(executor, lost).is_error());
  for (std::size_t i = 0; i < 10; ++i) CHECK(dropping.wait_for_peer_close(i));
}

TEST_CASE("an executor without sockets says so, and works when there are some again") {
  DynamicServer server;
  SynchronousExecutor executor(test_configuration().set_retries(0));
  const Request request = Request::get(server.url("/status/200")).build();
  {
    const SocketShortage shortage(1);
    CHECK(execute(executor, request).error_code() == ErrorCode::out_of_resources);
  }
  CHECK(execute(executor, request).status() == 200);
}

TEST_CASE("a moved executor goes on") {
  DynamicServer server;
  const Request request = Request::get(server.url("/status/204")).build();
  SynchronousExecutor first(test_configuration());
  CHECK(execute(first, request).status() == 204);
  SynchronousExecutor second = std::move(first);
  CHECK(execute(second, request).status() == 204);
  second = SynchronousExecutor(test_configuration().set_raise_error_responses(true));
  CHECK(execute(second, Request::get(server.url("/status/404")).build()).is_error());
}

TEST_CASE("an executor that was made before a fork works on both sides") {
  const Watchdog watchdog("an executor and a fork");
  const NginxServer server({.identity = {}});
  SynchronousExecutor executor(test_configuration());
  const Request request = Request::get(server.url("/tiny")).build();
  REQUIRE(execute(executor, request).status() == 200);
  const auto call = [&] {
    const auto handler = std::make_shared<RecordingHandler>();
    const TaskOutcome outcome = executor.call(RequestTask(request, handler, "TestCallback"));
    return outcome.response() != nullptr && outcome.response()->body() == "ok" ? 0 : 1;
  };
  CHECK(run_forked(call) == "exit 0");
  CHECK(run_forked([&] { return call() + call(); }) == "exit 0");
  CHECK(call() == 0);
}

TEST_CASE("an outcome is a value: copies stay when the executor has gone") {
  DynamicServer server;
  const auto handler = std::make_shared<RecordingHandler>();
  auto executor = std::make_unique<SynchronousExecutor>(test_configuration());
  const auto call = [&](bool raises) {
    return executor->call(RequestTask(Request::get(server.url("/status/404")).build(), handler,
                                      "TestCallback", {},
                                      {.raise_error_responses = raises, .id = "kept"}));
  };
  const TaskOutcome response = call(false);
  TaskOutcome copy = call(true);
  executor.reset();
  const TaskOutcome error = copy;
  copy = response;
  CHECK(copy.error() == nullptr);
  CHECK(copy.response()->request_id() == "kept");
  CHECK(error.response() == nullptr);
  CHECK(dynamic_cast<const ClientError*>(error.error()) != nullptr);
}
