// How an answer that does not come from the network is played.
#include "agent/canned_transfer.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

/// Takes an answer down as text.
class Listener final : public CannedTransferHost {
 public:
  Progress send_body() override { return sending; }
  bool receive_line(std::string_view line) override {
    heard += line;
    return line != refused_line;
  }
  bool expects_body() const noexcept override { return wants_body; }
  Progress receive_body(std::string_view bytes) override {
    if (receiving == Progress::done) {
      heard += bytes;
      piece_sizes.push_back(bytes.size());
    }
    return receiving;
  }
  void on_played(Progress progress, std::optional<TransferFailure> failure) override {
    ending = progress == Progress::done ? "done" : "failed";
    if (failure) ending += ": " + failure->message;
    transfer.reset();
  }

  std::unique_ptr<CannedTransfer> transfer;
  Progress sending = Progress::done;
  Progress receiving = Progress::done;
  bool wants_body = true;
  std::string refused_line;
  std::string heard;
  std::string ending;
  std::vector<std::size_t> piece_sizes;
};

/// A transfer that has begun, and the clock of its agent.
struct Stage {
  explicit Stage(CannedAnswer answer) : now(SteadyClock::now()) {
    listener.transfer = std::make_unique<CannedTransfer>(
        std::make_shared<const CannedAnswer>(std::move(answer)), listener, timers);
    listener.transfer->start();
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    timers.run_due(now);
  }

  TimerQueue timers;
  Listener listener;
  TimePoint now;
};

constexpr std::chrono::milliseconds soon{1000};

TEST_CASE("an answer is played line by line, and its trailers last") {
  Stage stage({.status = 201,
               .headers = {{"a", "1"}, {"b", ""}},
               .pieces = {"one", "", "two"},
               .trailers = {{"c", "3"}}});
  CHECK(stage.listener.heard.empty());  // not before its time
  stage.pass(soon);
  CHECK(stage.listener.heard == "HTTP/1.1 201 \r\na: 1\r\nb: \r\n\r\nonetwoc: 3\r\n");
  CHECK(stage.listener.ending == "done");
}

TEST_CASE("a body comes in pieces that a sink is used to") {
  Stage stage({.pieces = {std::string(40'000, 'x')}});
  stage.pass(soon);
  CHECK(stage.listener.piece_sizes == std::vector<std::size_t>{16'384, 16'384, 7'232});
}

TEST_CASE("a delay is kept, whoever wants to go on") {
  Stage stage({.pieces = {"a", "b"}, .delay = 1h});
  const auto heard_after = [&](std::chrono::milliseconds time) {
    stage.pass(time);
    stage.listener.transfer->go_on();
    stage.pass(0ms);
    return stage.listener.heard;
  };
  CHECK(heard_after(soon).empty());
  CHECK(heard_after(59min).empty());
  stage.pass(2min);
  CHECK(stage.listener.heard.starts_with("HTTP/1.1 200 \r\n\r\na"));
}

TEST_CASE("a body that is not taken comes again when there is room") {
  Stage stage({.pieces = {"body"}});
  stage.listener.receiving = CannedTransferHost::Progress::waits;
  stage.pass(soon);
  CHECK(stage.listener.ending.empty());
  CHECK(stage.timers.size() == 0);
  stage.listener.receiving = CannedTransferHost::Progress::done;
  stage.listener.transfer->go_on();
  stage.pass(soon);
  CHECK(stage.listener.heard == "HTTP/1.1 200 \r\n\r\nbody");
  CHECK(stage.listener.ending == "done");
}

TEST_CASE("nothing is answered before the request's body is sent") {
  Stage stage({});
  stage.listener.sending = CannedTransferHost::Progress::waits;
  stage.pass(soon);
  CHECK(stage.listener.heard.empty());
  stage.listener.sending = CannedTransferHost::Progress::failed;
  stage.listener.transfer->go_on();
  stage.pass(soon);
  CHECK(stage.listener.ending == "failed");
}

TEST_CASE("what is refused ends it there") {
  for (const char* line : {"HTTP/1.1 200 \r\n", "a: 1\r\n", "\r\n"}) {
    Stage stage({.headers = {{"a", "1"}}, .pieces = {"body"}});
    stage.listener.refused_line = line;
    stage.pass(soon);
    CHECK(stage.listener.ending == "failed");
    CHECK(stage.listener.heard.ends_with(line));
  }
  Stage stage({.pieces = {"body"}, .trailers = {{"a", "1"}}});
  stage.listener.receiving = CannedTransferHost::Progress::failed;
  stage.pass(soon);
  CHECK(stage.listener.ending == "failed");
  CHECK(stage.listener.heard == "HTTP/1.1 200 \r\n\r\n");
}

TEST_CASE("a failure comes instead of a head, or behind the pieces") {
  const TransferFailure failure{.message = "gone"};
  Stage without({.pieces = {"body"}, .failure = failure, .has_head = false});
  without.pass(soon);
  CHECK(without.listener.heard.empty());
  CHECK(without.listener.ending == "done: gone");
  Stage behind({.pieces = {"body"}, .failure = failure});
  behind.pass(soon);
  CHECK(behind.listener.heard.ends_with("body"));
  CHECK(behind.listener.ending == "done: gone");
}

TEST_CASE("a response that can have no body gets none") {
  Stage stage({.status = 204, .pieces = {"body"}});
  stage.listener.wants_body = false;
  stage.pass(soon);
  CHECK(stage.listener.heard == "HTTP/1.1 204 \r\n\r\n");
  CHECK(stage.listener.ending == "done");
}

TEST_CASE("a transfer that goes early leaves no timer") {
  Stage stage({.delay = 1h});
  CHECK(stage.timers.size() == 1);
  stage.listener.transfer.reset();
  CHECK(stage.timers.size() == 0);
}

}  // namespace
}  // namespace async_http_pool
