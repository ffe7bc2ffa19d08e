// Both readers of streams, on responses that a test writes.
#include <async_http_pool/event_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <async_http_pool/exceptions.hpp>
#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"
#include "support/gate.hpp"
#include "support/task.hpp"
#include "support/thrown_outcome.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using examples::Task;
using test::failure_of;
using test::FakeTransfer;

StreamingResponse complete(std::string body, const std::string& type = "text/event-stream",
                           int status = 200) {
  return StreamingResponse(Response({.status = status,
                                     .headers = {{"content-type", type}},
                                     .body = std::move(body),
                                     .request_id = "r1",
                                     .url = "http://127.0.0.1/events",
                                     .method = "GET"}));
}

StreamingResponse respond(FakeTransfer& transfer) {
  return transfer.respond({.status = 200, .headers = {{"content-type", "text/event-stream"}}});
}

template <typename Reader>
auto all_of(Reader& reader) {
  std::vector<typename decltype(reader.next())::value_type> items;
  while (auto item = reader.next()) items.push_back(*std::move(item));
  return items;
}

Task<Texts> all_data(EventStreamReader& reader) {
  Texts texts;
  while (const auto event = co_await reader.next_async()) texts.push_back(event->data);
  co_return texts;
}

/// What a task has come to, if it is at its end.
template <typename T>
class Running {
 public:
  explicit Running(Task<T> task) : task_(std::move(task)) {
    examples::run_detached(task_, [this] { is_done_ = true; });
  }
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] T result() {
    REQUIRE(is_done_);
    return task_.take_result();
  }

 private:
  Task<T> task_;
  bool is_done_ = false;
};

TEST_CASE("the events of a complete response are read to its end, and it stays there") {
  EventStreamReader reader(complete(
      ": hi\n\nid: 1\ndata: one\n\nevent: add\ndata: two\n\nid: 3\nretry: 20\n\ndata: lost"));
  CHECK_FALSE(reader.retry_delay());
  CHECK(all_of(reader) ==
        std::vector<ServerSentEvent>{{"message", "one", "1"}, {"add", "two", "1"}});
  CHECK(reader.last_event_id() == "3");
  CHECK(reader.retry_delay() == 20ms);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(examples::sync_wait([](EventStreamReader& ended) -> Task<bool> {
    co_return (co_await ended.next_async()).has_value();
  }(reader)));
}

TEST_CASE("only a 200 with its content type is an event stream") {
  CHECK_NOTHROW(EventStreamReader(complete("", "Text/Event-Stream; charset=utf-8")));
  const auto refusal = [](StreamingResponse response) -> std::string {
    try {
      EventStreamReader reader(std::move(response));
      return "none";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  CHECK(refusal(complete("", "application/json")) ==
        "content type \"application/json\" is no event stream");
  CHECK(refusal(complete("", "")) == "content type \"\" is no event stream");
  CHECK(refusal(complete("", "text/event-stream", 204)) ==
        "a response of status 204 is no event stream");
  CHECK(refusal(complete("", "text/event-stream", 503)) ==
        "a response of status 503 is no event stream");
}

TEST_CASE("the values of lines are read, and what is none is passed by") {
  JsonLinesReader reader(complete(
      "{\"a\":1}\n\r\n \t\n \r \n[2,\r3]\r\nnonsense\n\"x\"\n{\n}\nnull", "application/x-ndjson"));
  CHECK(reader.next() == Value::object({{"a", 1}}));
  CHECK(reader.next() == Value::array({2, 3}));
  CHECK_THROWS_AS((void)reader.next(), ParseError);
  CHECK(reader.next() == Value("x"));
  CHECK_THROWS_AS((void)reader.next(), ParseError);
  CHECK_THROWS_AS((void)reader.next(), ParseError);
  CHECK(reader.next() == Value(nullptr));
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.next());
}

TEST_CASE("a last line that is no JSON is refused once") {
  JsonLinesReader reader(complete("1\n{\"a\":"));
  CHECK(reader.next() == Value(1));
  CHECK_THROWS_AS((void)reader.next(), ParseError);
  CHECK_FALSE(reader.next());
}

TEST_CASE("lines keep to the limits of parsing") {
  JsonLinesReader reader(complete("[1]\n[[2]]\n[3]\n"), {.parse_limits = {.depth_max = 1}});
  CHECK(reader.next() == Value::array({1}));
  CHECK_THROWS_AS((void)reader.next(), ParseError);
  CHECK(reader.next() == Value::array({3}));
}

TEST_CASE("an event or line beyond its bound is an error, behind those before it, each time") {
  const std::string large = std::string(100'000, 'x');
  EventStreamReader events(complete("data: 1\n\ndata: " + large + "\n\ndata: 2\n\n"),
                           {.max_event_size = 100'005});
  CHECK(events.next()->data == "1");
  for (int i = 0; i < 2; ++i) {
    try {
      (void)events.next();
      FAIL("no error");
    } catch (const RequestError& error) {
      CHECK(error.code() == ErrorCode::body_too_large);
      CHECK(error.error_type() == ErrorType::response_too_large);
      CHECK(error.message() == "event of the response is larger than the limit of 100005 bytes");
      CHECK(error.url() == "http://127.0.0.1/events");
      CHECK(error.method() == "GET");
      CHECK(error.request_id() == "r1");
    }
  }
  JsonLinesReader lines(complete("1\n\"" + large + "\"\n2\n"), {.max_line_size = 100'001});
  CHECK(lines.next() == Value(1));
  CHECK(failure_of([&lines] { return lines.next(); }) == "response_too_large body_too_large");
  CHECK(failure_of([&lines] { return lines.next(); }) == "response_too_large body_too_large");

  EventStreamReader enough(complete("data: " + large + "\n\n"), {.max_event_size = 100'006});
  CHECK(enough.next()->data == large);
  JsonLinesReader enough_lines(complete('"' + large + '"'), {.max_line_size = 100'002});
  CHECK(enough_lines.next() == Value(large));
}

TEST_CASE("an event beyond its bound ends the transfer, also while a coroutine waits for more") {
  FakeTransfer transfer;
  EventStreamReader reader(respond(transfer), {.max_event_size = 10});
  Running<Texts> running(all_data(reader));
  transfer.write("data: 1\n\ndata: 1234");
  CHECK_FALSE(transfer.is_cancelled());
  transfer.write("5");
  CHECK(failure_of([&running] { return running.result(); }) == "response_too_large body_too_large");
  CHECK(transfer.is_cancelled());
}

TEST_CASE("a coroutine goes on when an event is complete, wherever its pieces are cut") {
  FakeTransfer transfer;
  EventStreamReader reader(respond(transfer));
  Texts texts;
  Running<bool> running([](EventStreamReader& from, Texts& to) -> Task<bool> {
    while (const auto event = co_await from.next_async()) to.push_back(event->data);
    co_return true;
  }(reader, texts));
  CHECK(texts.empty());
  for (const std::string_view piece : {"d", "at", "a: 1\r", "\n\r"}) {
    CHECK(texts.empty());
    transfer.write(piece);
  }
  CHECK(texts == Texts{"1"});
  transfer.write("\ndata: 2\n\ndata: 3\n\ndata: ");
  CHECK(texts == Texts{"1", "2", "3"});
  transfer.write("4\n");
  CHECK(texts == Texts{"1", "2", "3"});
  transfer.write("\n");
  CHECK(texts == Texts{"1", "2", "3", "4"});
  CHECK_FALSE(running.is_done());
  transfer.end();
  CHECK(running.result());
}

TEST_CASE("a transfer that breaks inside an event is an error behind the events before it") {
  const bool waits = GENERATE(false, true);
  FakeTransfer transfer;
  EventStreamReader reader(respond(transfer));
  Texts texts;
  const auto break_off = [&transfer] {
    transfer.write("data: 1\n\ndata: 2\n\ndata: 3\n");
    transfer.fail(ErrorCode::connection_lost);
  };
  if (!waits) break_off();
  Running<bool> running([](EventStreamReader& from, Texts& to) -> Task<bool> {
    while (const auto event = co_await from.next_async()) to.push_back(event->data);
    co_return true;
  }(reader, texts));
  if (waits) break_off();
  CHECK(texts == Texts{"1", "2"});
  CHECK(failure_of([&running] { return running.result(); }) == "connection connection_lost");
  CHECK(failure_of([&reader] { return reader.next(); }) == "connection connection_lost");
}

TEST_CASE("a line that a broken transfer has cut is no value") {
  FakeTransfer transfer;
  JsonLinesReader reader(respond(transfer));
  transfer.write("1\n2");
  transfer.fail(ErrorCode::connection_lost);
  CHECK(reader.next() == Value(1));
  CHECK(failure_of([&reader] { return reader.next(); }) == "connection connection_lost");
}

TEST_CASE("a coroutine learns of a line that is no JSON, and can go on") {
  FakeTransfer transfer;
  JsonLinesReader reader(respond(transfer));
  Running<Texts> running([](JsonLinesReader& from) -> Task<Texts> {
    Texts texts;
    for (;;) {
      try {
        const auto value = co_await from.next_async();
        if (!value) break;
        texts.push_back(value->to_json());
      } catch (const ParseError&) {
        texts.emplace_back("refused");
      }
    }
    co_return texts;
  }(reader));
  transfer.write("[1]\nnon");
  transfer.write("sense\n[2]\n");
  transfer.write("[3");
  transfer.write("]");
  transfer.end();
  CHECK(running.result() == Texts{"[1]", "refused", "[2]", "[3]"});
}

TEST_CASE("many events that are there at once do not make the stack grow") {
  std::string body;
  for (int i = 0; i < 200'000; ++i) body += "data:\n\n";
  EventStreamReader complete_reader(complete(body));
  CHECK(examples::sync_wait(all_data(complete_reader)).size() == 200'000);

  // Nor do those that come one by one, each for a reader that waits.
  FakeTransfer transfer;
  EventStreamReader reader(respond(transfer));
  Running<Texts> running(all_data(reader));
  for (int i = 0; i < 100'000; ++i) transfer.write(i % 2 == 0 ? "data:" : "\n\n");
  transfer.end();
  CHECK(running.result().size() == 50'000);
}

TEST_CASE("a coroutine goes on where the executor wants it") {
  std::deque<std::function<void()>> queue;
  FakeTransfer transfer(
      {.executor = [&queue](std::function<void()> call) { queue.push_back(std::move(call)); }});
  EventStreamReader reader(respond(transfer));
  Running<Texts> running(all_data(reader));
  const auto run_queue = [&queue] {
    const std::size_t count = queue.size();
    for (; !queue.empty(); queue.pop_front()) queue.front()();
    return count;
  };
  transfer.write("data: 1\n");
  CHECK(run_queue() == 1);
  transfer.write("\n");
  transfer.end();
  CHECK_FALSE(running.is_done());
  CHECK(run_queue() == 1);
  CHECK(running.result() == Texts{"1"});
}

TEST_CASE("a coroutine may destroy its reader as soon as it goes on") {
  FakeTransfer transfer;
  auto reader = std::make_unique<EventStreamReader>(respond(transfer));
  Running<std::string> running([](std::unique_ptr<EventStreamReader>& owned) -> Task<std::string> {
    const auto event = co_await owned->next_async();
    owned.reset();
    co_return event.value().data;
  }(reader));
  transfer.write("data: 1\n");
  transfer.write("\n");
  CHECK(running.result() == "1");
  CHECK(reader == nullptr);
}

TEST_CASE("pieces that arrive while a coroutine begins to wait are not missed") {
  constexpr int count = 20'000;
  FakeTransfer transfer;
  EventStreamReader reader(respond(transfer));
  test::Gate done;
  Texts texts;
  Task<bool> task = [](EventStreamReader& from, Texts& to) -> Task<bool> {
    while (const auto event = co_await from.next_async()) to.push_back(event->data);
    co_return true;
  }(reader, texts);
  std::thread server([&transfer] {
    const AgentThreadMark mark(&transfer);
    for (int i = 0; i < count; ++i) {
      const std::string event = "data: " + std::to_string(i) + "\n\n";
      const std::size_t cut = static_cast<std::size_t>(i) % event.size();
      while (!transfer.write(std::string_view(event).substr(0, cut))) transfer.wait();
      while (!transfer.write(std::string_view(event).substr(cut))) transfer.wait();
    }
    transfer.end();
  });
  examples::run_detached(task, [&done] { done.open(); });
  CHECK(done.wait());
  server.join();
  CHECK(task.take_result());
  REQUIRE(texts.size() == count);
  for (int i = 0; i < count; ++i) {
    if (texts[static_cast<std::size_t>(i)] != std::to_string(i)) FAIL("event " << i << " is lost");
  }
}

}  // namespace
}  // namespace async_http_pool
