// A store that breaks a rule is found, and one that keeps them all is not.
#include <async_http_pool/payload_store_check.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/refusal.hpp"
#include "unit/stores/payload_store_findings.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using test::MemoryStore;

TEST_CASE("a store that keeps the rules has no findings, and nothing left in it") {
  const auto place = std::make_shared<MemoryStore::Place>();
  const auto make = [&place] { return std::make_shared<MemoryStore>(place); };
  make()->store("mine", "payload");
  for (const auto& finding : check_payload_store(make, small)) {
    FAIL_CHECK(finding.rule << ": " << finding.detail);
  }
  CHECK(place->payloads.size() == 1);
  CHECK(make()->fetch("mine") == "payload");
}

TEST_CASE("one thread and one store are checked, too") {
  const auto store = std::make_shared<MemoryStore>();
  CHECK(check_payload_store([&] { return store; },
                            {.large_payload_bytes = 0, .threads = 1, .rounds_per_thread = 1})
            .empty());
}

TEST_CASE("stores on places of their own are found") {
  const auto findings = check_payload_store([] { return std::make_shared<MemoryStore>(); }, small);
  CHECK(finds(findings, "stores on one place see each other's payloads"));
  CHECK(finds(findings, "a payload outlives its store"));
}

/// A meeting of threads: waits until `condition`, which may never come true, but not long.
class Meeting {
 public:
  void wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& condition) {
    changed_.wait_for(lock, 50ms, condition);
  }
  void tell() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

/// Shows the first half of a payload until somebody has seen it.
class TornStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    check_key(key);
    std::unique_lock lock(place().mutex);
    std::string& stored = place().payloads[std::string(key)];
    stored = payload.substr(0, payload.size() / 2);
    if (payload.size() >= 10'000 && meetings_left_ > 0) {
      --meetings_left_;
      const int before = fetches_;
      meeting_.wait(lock, [&] { return fetches_ > before; });
    }
    place().payloads.insert_or_assign(std::string(key), std::string(payload));
    return std::string(key);
  }
  Fetched fetch(Key key) override {
    Fetched payload = MemoryStore::fetch(key);
    {
      const std::lock_guard lock(place().mutex);
      ++fetches_;
    }
    meeting_.tell();
    return payload;
  }

 private:
  Meeting meeting_;
  int fetches_ = 0;
  int meetings_left_ = 60;
};

/// Has one buffer for all threads.
class OneBufferStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    check_key(key);
    std::unique_lock lock(place().mutex);
    buffer_ = payload;
    const int mine = ++stores_;
    meeting_.tell();
    if (payload.starts_with("thread ") && meetings_left_ > 0) {
      --meetings_left_;
      meeting_.wait(lock, [&] { return stores_ > mine; });
    }
    place().payloads.insert_or_assign(std::string(key), buffer_);
    return std::string(key);
  }

 private:
  Meeting meeting_;
  std::string buffer_;
  int stores_ = 0;
  int meetings_left_ = 60;
};

TEST_CASE("a store that several threads at once are too much for is found") {
  const auto findings_of_one = [](const auto& store) {
    return check_payload_store([store] { return store; }, small);
  };
  const auto torn = findings_of_one(std::make_shared<TornStore>());
  CHECK(finds(torn, "threads on one key see whole payloads"));
  CHECK(finds(findings_of_one(std::make_shared<OneBufferStore>()),
              "threads do not disturb each other"));
}

/// Fails while more of its kind are alive than a test without threads makes.
class LonelyStore : public MemoryStore {
 public:
  explicit LonelyStore(std::shared_ptr<Place> place) : MemoryStore(std::move(place)) { ++alive_; }
  ~LonelyStore() override { --alive_; }
  std::string store(Key key, Payload payload) override {
    if (alive_ > 3) throw std::runtime_error("too many of us");
    return MemoryStore::store(key, payload);
  }

 private:
  static inline std::atomic<int> alive_ = 0;
};

TEST_CASE("stores that get in each other's way once there are many are found") {
  const auto findings = findings_of<LonelyStore>();
  CHECK(finds(findings, "threads with stores of their own do not disturb each other"));
  CHECK(finds(findings, "threads with stores of their own see whole payloads"));
  CHECK_FALSE(std::ranges::any_of(findings, [](const auto& finding) {
    return finding.rule == "stores on one place see each other's payloads";
  }));
}

/// Gives a long payload back in part when there was one under its key that was removed.
class PartAfterRemovalStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  void remove(Key key) override {
    MemoryStore::remove(key);
    const std::lock_guard lock(place().mutex);
    removed_.emplace(key);
  }
  Fetched fetch(Key key) override {
    Fetched payload = MemoryStore::fetch(key);
    const std::lock_guard lock(place().mutex);
    if (payload && payload->size() >= 10'000 && removed_.contains(std::string(key)))
      payload->resize(payload->size() / 2);
    return payload;
  }

 private:
  std::set<std::string> removed_;
};

TEST_CASE("a store that leaves parts behind a removal is found") {
  CHECK(finds(findings_of<PartAfterRemovalStore>(), "threads that remove leave no parts"));
}

class ThrowsInt : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key) override { throw 5; }
};

TEST_CASE("what a store throws is a finding") {
  const auto findings = findings_of<ThrowsInt>();
  CHECK(finds(findings, "a payload comes back byte for byte"));
  CHECK(finds(findings, "threads do not disturb each other"));
  CHECK(findings.front().detail == "threw what is no std::exception");
}

TEST_CASE("a store that cannot be made is the only finding") {
  auto findings =
      check_payload_store([]() -> std::shared_ptr<PayloadStore> { return nullptr; }, small);
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().rule == "a store can be made");
  CHECK(findings.front().detail == "threw \"no store was made: null\"");
  findings = check_payload_store(
      []() -> std::shared_ptr<PayloadStore> { throw std::runtime_error("no disk"); }, small);
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().detail == "threw \"no disk\"");
}

TEST_CASE("findings of one rule are bounded") {
  const auto findings = findings_of<NeverRemoves>();
  CHECK(std::ranges::count(findings, "threads do not disturb each other",
                           &PayloadStoreFinding::rule) <= 5);
}

TEST_CASE("the options of a check are checked") {
  const auto make = [] { return std::make_shared<MemoryStore>(); };
  const auto refusal = [&](int threads, int rounds) {
    return refusal_of([&] {
      return check_payload_store(make, {.threads = threads, .rounds_per_thread = rounds});
    });
  };
  CHECK(refusal(0, 1) == "threads must be 1 to 256, got: 0");
  CHECK(refusal(257, 1) == "threads must be 1 to 256, got: 257");
  CHECK(refusal(1, 0) == "rounds_per_thread must be a positive number, got: 0");
}

}  // namespace
}  // namespace async_http_pool
