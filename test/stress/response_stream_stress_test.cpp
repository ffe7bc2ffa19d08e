// A transfer and the reader of its response on two threads: no byte may be lost, come twice or
// overtake another, nobody may wait for what does not come, whatever the sizes and pauses, and
// whoever gives up when.
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"
#include "support/gate.hpp"
#include "support/sanitized.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;
using namespace std::chrono_literals;

namespace {

constexpr int round_count = is_thread_sanitized ? 60 : 300;

/// Each place of a body has its own byte, as far as that goes.
char byte_at(std::uint64_t position) noexcept {
  return static_cast<char>((position * 2'654'435'761u) >> 24);
}

/// The rules of one round.
struct Round {
  unsigned seed;
  std::size_t capacity;
  std::size_t piece_max;
  std::uint64_t size;
  bool fails = false;  // at its end
};

Round round_of(unsigned seed) {
  std::minstd_rand random(seed + 1);
  constexpr std::array<std::size_t, 4> capacities = {1, 100, 4096, 65'536};
  constexpr std::array<std::size_t, 3> pieces = {3, 1500, 16'384};
  Round round{.seed = seed,
              .capacity = capacities[random() % capacities.size()],
              .piece_max = pieces[random() % pieces.size()],
              .size = 0};
  round.size = random() % (round.piece_max * 200);
  round.fails = random() % 4 == 0;
  return round;
}

/// The agent: writes the body, until that is done or the reader gives up.
void write_body(FakeTransfer& transfer, const Round& round) {
  std::minstd_rand random(round.seed);
  std::string piece;
  for (std::uint64_t sent = 0; sent < round.size && !transfer.is_cancelled();) {
    piece.resize(std::min<std::uint64_t>(random() % round.piece_max + 1, round.size - sent));
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = byte_at(sent + i);
    // As libcurl does: several pieces in a call, and the reader is told behind it.
    while (!transfer.stream().write(piece)) {
      transfer.stream().tell_reader();
      while (transfer.take_resumptions() == 0 && !transfer.is_cancelled()) transfer.wait();
      if (transfer.is_cancelled()) break;
    }
    sent += piece.size();
    if (random() % 3 == 0) transfer.stream().tell_reader();
    if (random() % 64 == 0) std::this_thread::yield();
  }
  transfer.stream().tell_reader();
  if (transfer.is_cancelled()) {
    transfer.fail(ErrorCode::cancelled);
  } else if (round.fails) {
    transfer.fail(ErrorCode::connection_lost);
  } else {
    transfer.end();
  }
  transfer.forget_stream();
}

/// What a reader found. Catch's assertions are for one thread only.
struct Finding {
  std::uint64_t read = 0;
  std::uint64_t wrong_bytes = 0;
  ErrorCode failure = ErrorCode::none;
  bool is_at_end = false;

  void add(std::string_view bytes) {
    for (const char byte : bytes) wrong_bytes += byte == byte_at(read++) ? 0 : 1;
  }
  void check(const Round& round) const {
    INFO("round " << round.seed);
    CHECK(is_at_end);
    CHECK(wrong_bytes == 0);
    CHECK(read == round.size);
    CHECK(failure == (round.fails ? ErrorCode::connection_lost : ErrorCode::none));
  }
};

/// Reads what `random` says, in all the ways that wait; false at the end.
bool read_some(BodyReader& body, std::minstd_rand& random, std::vector<char>& buffer,
               Finding& finding) {
  const std::span<char> part(buffer.data(), random() % buffer.size() + 1);
  try {
    const std::optional<std::size_t> count =
        random() % 4 == 0 ? body.read_for(part, std::chrono::milliseconds(random() % 2))
                          : body.read(part);
    if (!count.has_value()) return true;
    finding.add({part.data(), *count});
    finding.is_at_end = *count == 0;
  } catch (const RequestError& error) {
    finding.failure = error.code();
    finding.is_at_end = true;
  }
  if (random() % 64 == 0) std::this_thread::yield();
  return !finding.is_at_end;
}

Finding read_body(BodyReader body, const Round& round) {
  std::minstd_rand random(round.seed + 7);
  std::vector<char> buffer(random() % 2 == 0 ? 20 : 40'000);
  Finding finding;
  while (read_some(body, random, buffer, finding)) {
  }
  return finding;
}

/// Reads only in callbacks, wherever these come.
class CallbackReader {
 public:
  explicit CallbackReader(BodyReader body) : body_(std::move(body)) {}

  void watch() {
    body_.when_readable([this] { on_readable(); });
  }
  [[nodiscard]] bool wait() const { return over_.wait(); }
  [[nodiscard]] const Finding& finding() const noexcept { return finding_; }

 private:
  void on_readable() {
    std::array<char, 3000> buffer;
    try {
      while (const std::optional<std::size_t> count = body_.read_for(buffer, 0ms)) {
        finding_.add({buffer.data(), *count});
        if (*count == 0) return finish();
      }
    } catch (const RequestError& error) {
      finding_.failure = error.code();
      return finish();
    }
    watch();
  }
  void finish() {
    finding_.is_at_end = true;
    over_.open();
  }

  BodyReader body_;
  Finding finding_;
  Gate over_;
};

/// An application's thread that runs what it is given.
class ExecutorThread {
 public:
  ~ExecutorThread() {
    post(nullptr);
    thread_.join();
  }
  void post(std::function<void()> function) {
    {
      const std::lock_guard lock(mutex_);
      functions_.push_back(std::move(function));
    }
    posted_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !functions_.empty(); });
      const std::vector<std::function<void()>> functions = std::exchange(functions_, {});
      lock.unlock();
      for (const auto& function : functions) {
        if (function == nullptr) return;
        function();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<std::function<void()>> functions_;  // guarded by mutex_
  std::thread thread_{[this] { run(); }};
};

}  // namespace

TEST_CASE("Bytes cross from a transfer to its reader whole and in order", "[stream_stress]") {
  const Watchdog watchdog("the crossing", 120s);
  for (unsigned seed = 0; seed < round_count; ++seed) {
    const Round round = round_of(seed);
    FakeTransfer transfer({.capacity = round.capacity});
    StreamingResponse response = transfer.respond();
    Finding finding;
    std::thread reader([&finding, &round, body = std::move(response.body())]() mutable {
      finding = read_body(std::move(body), round);
    });
    write_body(transfer, round);
    reader.join();
    finding.check(round);
  }
}

TEST_CASE("Bytes cross to callbacks on the agent's thread and on others", "[stream_stress]") {
  const Watchdog watchdog("the callbacks", 120s);
  ExecutorThread thread;
  for (unsigned seed = 0; seed < round_count; ++seed) {
    const Round round = round_of(seed);
    ResponseStream::Options options{.capacity = round.capacity};
    if (seed % 2 == 0) {
      options.executor = [&](std::function<void()> function) { thread.post(std::move(function)); };
    }
    FakeTransfer transfer(std::move(options));
    StreamingResponse response = transfer.respond();
    CallbackReader reader(std::move(response.body()));
    reader.watch();
    write_body(transfer, round);
    REQUIRE(reader.wait());
    reader.finding().check(round);
    // The callback that opened the gate may still be on its way out.
    const auto is_idle = std::make_shared<Gate>();
    thread.post([is_idle] { is_idle->open(); });
    REQUIRE(is_idle->wait());
  }
}

TEST_CASE("A reader may give up at any moment", "[stream_stress]") {
  const Watchdog watchdog("giving up", 120s);
  for (unsigned seed = 0; seed < round_count; ++seed) {
    Round round = round_of(seed);
    round.size += 100'000;
    auto keeper = std::make_shared<int>(0);
    const std::weak_ptr<int> agents = keeper;
    FakeTransfer transfer({.capacity = round.capacity});
    auto response = std::make_unique<StreamingResponse>(transfer.respond());
    transfer.stream().keep(std::move(keeper));
    std::uint64_t wrong_bytes = 0;
    std::thread reader([&] {
      std::minstd_rand random(seed);
      std::vector<char> buffer(1000);
      Finding finding;
      for (auto turns = random() % 50; turns > 0; --turns) {
        if (!read_some(response->body(), random, buffer, finding)) break;
      }
      wrong_bytes = finding.wrong_bytes;
      if (seed % 2 == 0) response->body().when_readable([] {});
      response = nullptr;
    });
    write_body(transfer, round);
    reader.join();
    INFO("round " << seed);
    CHECK(wrong_bytes == 0);
    CHECK(agents.expired());
  }
}

TEST_CASE("Others may cancel and look on while a body is read", "[stream_stress]") {
  const Watchdog watchdog("cancelling", 120s);
  int cancelled = 0;
  for (unsigned seed = 0; seed < round_count; ++seed) {
    Round round = round_of(seed);
    round.size += 10'000;
    FakeTransfer transfer({.capacity = round.capacity});
    StreamingResponse response = transfer.respond();
    Finding finding;
    std::thread reader([&finding, &round, body = std::move(response.body())]() mutable {
      finding = read_body(std::move(body), round);
    });
    std::thread other([&] {
      std::minstd_rand random(seed);
      for (auto turns = random() % 100; turns > 0; --turns) {
        static_cast<void>(response.metrics());
        static_cast<void>(response.trailers());
      }
      response.cancel();
    });
    write_body(transfer, round);
    other.join();
    reader.join();
    INFO("round " << seed);
    CHECK(finding.is_at_end);
    CHECK(finding.wrong_bytes == 0);
    if (finding.failure == ErrorCode::cancelled) {
      ++cancelled;
    } else {
      finding.check(round);
    }
  }
  CHECK(cancelled > 0);
}
