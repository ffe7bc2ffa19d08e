// What real servers answer is kept, and given again when they are gone.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/raw_listener.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// A file for a recording, and processors that have it.
class Tape {
 public:
  [[nodiscard]] std::string path() const { return (directory_.path() / "tape.json").string(); }
  [[nodiscard]] std::string content() const { return directory_.read("tape.json"); }
  [[nodiscard]] Configuration with(RecordingMode mode, RecordingOptions options = {}) const {
    options.mode = mode;
    return test_configuration().set_recording(std::make_shared<Recording>(path(), options));
  }

 private:
  TempDirectory directory_;
};

/// Tries what a busy server answers again.
Configuration repeating(Configuration configuration) {
  return configuration.set_request_config(RequestConfig().set_retry_statuses({503}));
}

/// What is to be the same of a response, recorded or not.
std::string told_by(const Outcome& outcome) {
  const Response& response = outcome.response();
  std::string text = std::to_string(response.status()) + ' ' + response.url() + '\n';
  for (const auto& [name, value] : response.headers()) {
    if (name != "set-cookie") text += name + ": " + value + '\n';  // is masked
  }
  return text + (response.has_body() ? response.body() : "(none)");
}

}  // namespace

TEST_CASE("what a server answered is answered again when it is gone") {
  const Tape tape;
  auto server = std::make_unique<DynamicServer>();
  server->route("/text", [](const ReceivedRequest&) {
    return Reply{.status = 404,
                 .headers = {{"content-type", "text/plain; charset=ISO-8859-1"}},
                 .body = "caf\xe9"};
  });
  std::vector<Request> requests;
  for (const char* path : {"/echo", "/text", "/gzip", "/bytes/1000", "/headers", "/status/204",
                           "/redirect/2", "/status/200"})
    requests.push_back(Request::get(server->url(path)).build());
  requests.push_back(Request::head(server->url("/bytes/1000")).build());
  for (const char* body : {"one", "two"})
    requests.push_back(Request::post(server->url("/echo")).body(body).build());

  std::vector<std::string> told;
  {
    RunningProcessor processor(tape.with(RecordingMode::record));
    for (const Request& request : requests) told.push_back(told_by(processor.run(request)));
  }
  server.reset();
  RunningProcessor processor(tape.with(RecordingMode::replay));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    INFO(requests[i].url());
    CHECK(told_by(processor.run(requests[i])) == told[i]);
  }
  CHECK(processor.post(requests.back().url(), "three").error_code() == ErrorCode::not_mocked);
}

TEST_CASE("a replay connects to nobody") {
  const Tape tape;
  DynamicServer server;
  {
    RunningProcessor processor(tape.with(RecordingMode::record));
    CHECK(processor.get(server.url("/status/204")).status() == 204);
  }
  CHECK(server.connections() == 1);
  RunningProcessor processor(tape.with(RecordingMode::replay));
  CHECK(processor.get(server.url("/status/204")).status() == 204);
  CHECK(processor.get(server.url("/other")).error_code() == ErrorCode::not_mocked);
  CHECK(server.connections() == 1);
}

TEST_CASE("attempts that failed are not kept, those that were answered badly are") {
  const Tape tape;
  std::string url;
  {
    ScriptedServer server;
    server.on_connection(0, {expect_request(), close()});
    server.on_connection(1, {expect_request(), send(response(503, "busy")), expect_request(),
                             send(response(200, "at last"))});
    url = server.url();
    RunningProcessor processor(repeating(tape.with(RecordingMode::automatic)));
    const Outcome outcome = processor.get(url);
    CHECK(outcome.body() == "at last");
    CHECK(outcome.response().metrics().attempts == 3);
  }
  RunningProcessor processor(repeating(tape.with(RecordingMode::replay)));
  const Outcome outcome = processor.get(url);
  CHECK(outcome.body() == "at last");
  CHECK(outcome.response().metrics().attempts == 2);
}

TEST_CASE("automatic asks the server once, whatever the number of runs") {
  const Tape tape;
  DynamicServer server;
  for (int run = 0; run < 3; ++run) {
    RunningProcessor processor(tape.with(RecordingMode::automatic));
    CHECK(processor.get(server.url("/bytes/10")).body() == "xxxxxxxxxx");
  }
  CHECK(server.requests().size() == 1);
}

TEST_CASE("no secret of a request or a response is in the file") {
  const Tape tape;
  DynamicServer server;
  server.route("/login", [](const ReceivedRequest&) {
    return Reply{.headers = {{"content-type", "text/plain"},
                             {"set-cookie", "sid=s3cret; Path=/"},
                             {"x-own", "s3cret"}},
                 .body = "welcome"};
  });
  const RecordingOptions options{.masked_headers = {"x-own"}, .masked_params = {"user"}};
  const Request request = Request::get(server.url("/login?user=s3cret&token=s3cret"))
                              .header("authorization", "Bearer s3cret")
                              .header("x-own", "s3cret")
                              .build();
  for (const RecordingMode mode : {RecordingMode::record, RecordingMode::replay}) {
    RunningProcessor processor(
        tape.with(mode, options).set_cookie_jar(std::make_shared<CookieJar>()));
    CHECK(processor.run(request).body() == "welcome");
  }
  CHECK(tape.content().find("welcome") != std::string::npos);
  CHECK(tape.content().find("s3cret") == std::string::npos);
  CHECK(server.requests().size() == 1);
  CHECK(server.requests().front().header("authorization") == "Bearer s3cret");
}

TEST_CASE("streams are kept as they pass, and come as streams again") {
  const Tape tape;
  auto server = std::make_unique<DynamicServer>();
  const Request request = Request::get(server->url("/bytes/300000")).build();
  {
    const Client client(tape.with(RecordingMode::record));
    StreamingResponse response = client.send(request).get();
    CHECK(response.body().size() == 300'000U);
    CHECK(response.body().discard() == 300'000);
    // Of one that is given up there is nothing to keep.
    { const StreamingResponse dropped = client.send(request).get(); }
    CHECK(eventually([&] { return client.total_count() == 0; }));
  }
  server.reset();
  const Client client(tape.with(RecordingMode::replay));
  StreamingResponse response = client.send(request).get();
  CHECK(response.body().size() == 300'000U);
  CHECK(response.body().bytes() == std::string(300'000, 'x'));
}

TEST_CASE("the synchronous executor records and replays as well") {
  const Tape tape;
  DynamicServer server;
  const auto call = [&](RecordingMode mode) {
    const TaskOutcome outcome =
        SynchronousExecutor(tape.with(mode)).call(Request::get(server.url("/bytes/3")).build());
    return outcome.response() == nullptr ? "(none)" : outcome.response()->body();
  };
  CHECK(call(RecordingMode::record) == "xxx");
  CHECK(call(RecordingMode::replay) == "xxx");
  CHECK(server.requests().size() == 1);
}
