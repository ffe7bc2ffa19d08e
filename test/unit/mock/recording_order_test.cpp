// What a recording does with requests in each of its modes, and what is in its file.
#include <async_http_pool/configuration.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/mock_transport.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "mock/mock_access.hpp"
#include "support/catch.hpp"
#include "support/temp_directory.hpp"

namespace async_http_pool {
namespace {

using test::TempDirectory;

constexpr const char* url = "http://h/a";

/// A recording, and the agents that ask it.
class Recorder {
 public:
  explicit Recorder(const std::string& path, RecordingOptions options = {})
      : recording_(std::make_shared<Recording>(path, std::move(options))),
        double_(transfer_double_of(Configuration().set_recording(recording_))) {}

  /// The answer to a GET: "200 body", a failure's message, or "network".
  std::string get(const char* text = url) { return ask(Request::get(text).build()); }
  std::string ask(const Request& request) {
    const auto answer = double_->answer_to(request, "");
    if (answer == nullptr) return "network";
    if (answer->failure) return answer->failure->message;
    return std::to_string(answer->status) + ' ' + answer->pieces.front();
  }
  /// The network answers to a request.
  void see(const Request& request, const std::string& body, const Headers& headers = {}) {
    const auto tap = double_->tap(request);
    tap->on_head(200, headers);
    tap->on_body(body);
    tap->on_end({});
  }
  void see(const char* text, const std::string& body) { see(Request::get(text).build(), body); }
  std::unique_ptr<TransferTap> tap() { return double_->tap(Request::get(url).build()); }
  Recording& recording() { return *recording_; }

 private:
  std::shared_ptr<Recording> recording_;
  std::shared_ptr<TransferDouble> double_;
};

constexpr RecordingMode replay = RecordingMode::replay;
constexpr RecordingMode record = RecordingMode::record;

TEST_CASE("what was recorded is replayed in its order, the last answer again and again") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  {
    Recorder recorder(path, {.mode = record});
    CHECK(recorder.get() == "network");
    recorder.see(url, "first");
    recorder.see("http://h/b", "other");
    recorder.see(url, "second");
    CHECK(recorder.recording().size() == 3);
  }
  Recorder recorder(path, {.mode = replay});
  CHECK(recorder.recording().size() == 3);
  CHECK(recorder.get() == "200 first");
  CHECK(recorder.get() == "200 second");
  CHECK(recorder.get() == "200 second");
  CHECK(recorder.get("http://h/b") == "200 other");
  CHECK(recorder.get("http://h/c") == "recording \"" + path + "\" has no answer to GET http://h/c");
  CHECK(recorder.get("http://h/c?token=s3cret").find("s3cret") == std::string::npos);
}

TEST_CASE("answers are in the order in which they were asked for, whichever came first") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  {
    Recorder recorder(path);
    const auto first = recorder.tap();
    const auto second = recorder.tap();
    for (const auto& [tap, body] : {std::pair(&second, "second"), std::pair(&first, "first")}) {
      (*tap)->on_head(200, {});
      (*tap)->on_body(body);
      (*tap)->on_end({});
    }
  }
  Recorder recorder(path);
  CHECK(recorder.get() == "200 first");
  CHECK(recorder.get() == "200 second");
}

TEST_CASE("automatic replays what is in the file, and records what is not") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  {
    Recorder recorder(path);
    CHECK(recorder.get() == "network");
    recorder.see(url, "old");
    CHECK(recorder.get() == "network");  // not in the file yet: both rounds are kept
  }
  {
    Recorder recorder(path);
    CHECK(recorder.get() == "200 old");
    CHECK(recorder.get("http://h/b") == "network");
    recorder.see("http://h/b", "new");
    CHECK(recorder.recording().size() == 2);
  }
  Recorder recorder(path, {.mode = replay});
  CHECK(recorder.get() == "200 old");
  CHECK(recorder.get("http://h/b") == "200 new");
}

TEST_CASE("record begins anew, and leaves the file alone when nothing came") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  { Recorder(path).see(url, "old"); }
  { const Recorder recorder(path, {.mode = record}); }
  CHECK(Recorder(path, {.mode = replay}).get() == "200 old");
  { Recorder(path, {.mode = record}).see("http://h/b", "new"); }
  Recorder recorder(path);
  CHECK(recorder.get() == "network");
  CHECK(recorder.get("http://h/b") == "200 new");
}

TEST_CASE("only what is complete is kept, and of several heads the last") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  {
    Recorder recorder(path);
    const auto broken = recorder.tap();
    broken->on_head(200, {});
    broken->on_body("half of");
    const auto asked_twice = recorder.tap();
    asked_twice->on_head(401, {});
    asked_twice->on_body("no");
    asked_twice->on_head(200, {{"x-one", "1"}});
    asked_twice->on_body("y");
    asked_twice->on_body("es");
    asked_twice->on_end({{"x-sum", "2"}});
    CHECK(recorder.recording().size() == 1);
  }
  CHECK(Recorder(path).get() == "200 yes");
}

TEST_CASE("a response that is too large is not kept, one of just that size is") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  Recorder recorder(path, {.body_bytes_max = 5});
  recorder.see("http://h/1", "12345");
  recorder.see("http://h/2", "123456");
  const auto tap = recorder.tap();
  tap->on_head(200, {});
  for (const char* piece : {"123", "45", "6", "7"}) tap->on_body(piece);
  tap->on_end({});
  CHECK(recorder.recording().size() == 1);
}

TEST_CASE("secrets do not get into the file, and do not keep requests from being known again") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  const RecordingOptions options{.masked_headers = {"X-Own"}, .masked_params = {"user"}};
  const auto request = [](const std::string& secret) {
    return Request::get("http://h/a?x=1&user=" + secret + "&token=" + secret)
        .header("authorization", "Bearer " + secret)
        .header("cookie", "sid=" + secret)
        .header("x-own", secret)
        .build();
  };
  {
    Recorder recorder(path, options);
    recorder.see(request("s3cret"), "found",
                 {{"set-cookie", "sid=s3cret; Path=/"},
                  {"x-own", "s3cret"},
                  {"location", "/b?user=s3cret"}});
  }
  const std::string file = directory.read("r.json");
  CHECK(file.find("s3cret") == std::string::npos);
  CHECK(file.find("sid=***; Path=/") != std::string::npos);
  CHECK(Recorder(path, options).ask(request("an0ther")) == "200 found");
  CHECK(Recorder(path, options).ask(Request::get("http://h/a?x=2&user=1&token=1").build()) ==
        "network");
}

TEST_CASE("a recording that cannot be read is no recording") {
  const TempDirectory directory;
  const std::string missing = (directory.path() / "missing.json").string();
  CHECK_THROWS_AS(Recording(missing, {.mode = replay}), std::system_error);
  CHECK_NOTHROW(Recording(missing));
  CHECK_THROWS_AS(Recording(directory.path().string()), std::system_error);
  const std::string corrupt = directory.write("corrupt.json", R"({"format":"async)");
  CHECK_THROWS_AS(Recording(corrupt), ParseError);
  CHECK_THROWS_AS(Recording(corrupt, {.mode = replay}), ParseError);
  CHECK_NOTHROW(Recording(corrupt, {.mode = record}));
  CHECK(directory.read("corrupt.json") == R"({"format":"async)");
}

TEST_CASE("a file is replaced as a whole, or stays as it was") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  Recorder recorder(path);
  recorder.recording().save();
  CHECK(Recorder(path, {.mode = replay}).recording().size() == 0);
  recorder.see(url, "body");
  recorder.recording().save();
  CHECK(Recorder(path, {.mode = replay}).recording().size() == 1);
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(directory.path()), {});
  };
  CHECK(files() == 1);

  // A directory of that name cannot be replaced by a file.
  const std::string taken = (directory.path() / "taken").string();
  Recorder unlucky(taken);
  std::filesystem::create_directories(taken + "/x");
  unlucky.see(url, "body");
  CHECK_THROWS_AS(unlucky.recording().save(), std::system_error);
  CHECK(files() == 2);
  std::filesystem::remove_all(taken);
  CHECK_THROWS_AS(Recording((directory.path() / "no/such/r.json").string()).save(),
                  std::system_error);
}

TEST_CASE("a recording may go before the requests that it keeps") {
  const TempDirectory directory;
  std::unique_ptr<TransferTap> tap;
  {
    Recorder recorder((directory.path() / "r.json").string());
    tap = recorder.tap();
  }
  tap->on_head(200, {});
  tap->on_body("late");
  tap->on_end({});
  CHECK(directory.read("r.json").empty());
}

TEST_CASE("threads record, replay and save at once") {
  constexpr std::size_t thread_count = 4;
  constexpr std::size_t requests_each = 50;
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  {
    Recorder recorder(path);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < thread_count; ++i) {
      threads.emplace_back([&, i] {
        for (std::size_t n = 0; n < requests_each; ++n) {
          recorder.see(("http://h/" + std::to_string(i)).c_str(), std::to_string(n));
          if (n % 10 == 0) recorder.recording().save();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  Recorder recorder(path);
  CHECK(recorder.recording().size() == thread_count * requests_each);
  for (std::size_t n = 0; n < requests_each; ++n)
    CHECK(recorder.get("http://h/2") == "200 " + std::to_string(n));
}

TEST_CASE("a mock goes before a recording, which goes before the network") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "r.json").string();
  { Recorder(path).see(url, "recorded"); }
  const auto mock = std::make_shared<MockTransport>();
  mock->on("GET", "http://h/mocked").reply(MockAnswer(201));
  const auto answers = transfer_double_of(
      Configuration().set_mock_transport(mock).set_recording(std::make_shared<Recording>(path)));
  const auto ask = [&](const char* text) {
    return answers->answer_to(Request::get(text).build(), "");
  };
  CHECK(ask("http://h/mocked")->status == 201);
  CHECK(ask(url)->pieces.front() == "recorded");
  CHECK(ask("http://h/b")->failure->code == ErrorCode::not_mocked);
  mock->allow_network(true);
  CHECK(ask("http://h/b") == nullptr);
  CHECK(answers->tap(Request::get("http://h/b").build()) != nullptr);
  CHECK(mock->calls().size() == 4);
  CHECK(mock->calls()[0].is_answered);
  CHECK_FALSE(mock->calls()[1].is_answered);
}

}  // namespace
}  // namespace async_http_pool
