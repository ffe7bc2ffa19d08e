#include "result_storage.hpp"

#include "standard_streams.hpp"
#include "store_breaker.hpp"
#include "store_probe.hpp"
#include "store_silence.hpp"

#include <fmt/format.h>
#include <async_http_pool/external_storage.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::ExternalStorage;

// Puts at a time: with 20 ms each, 400 large results a second.
constexpr std::size_t thread_count = 8;

enum class Progress { waiting, encoding, storing, done };

// The result as JSON; none when it has no JSON, which is the writer's to tell.
std::optional<std::string> try_encode(const Outcome& outcome) noexcept {
  try {
    return encode_result(outcome);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

class ResultStorage::State {
 public:
  struct Place {
    Outcome outcome{{}, {}, LineFailure()};
    Progress progress = Progress::waiting;
  };

  State(const async_http_pool::Configuration& configuration, const RunSinks& next)
      : storage_(configuration), threshold_(configuration.payload_store_threshold()), next_(next) {}

  template <typename Post>
  void add(Outcome&& outcome, const Post& post) {
    const std::lock_guard lock(mutex_);
    if (released_) {
      next_.outcomes.push(std::move(outcome));
      return;
    }
    const auto place = std::make_shared<Place>();
    places_.push_back(place);
    try {
      post(place);
    } catch (...) {
      places_.pop_back();
      throw;
    }
    place->outcome = std::move(outcome);  // the job waits for the lock
    place->outcome.inline_bytes_max = threshold_;
  }

  void process(Place& place) noexcept {
    if (!enter(place, Progress::waiting, Progress::encoding)) return;
    std::optional<std::string> json = try_encode(place.outcome);
    if (!json || json->size() <= threshold_) {
      settle(place, {std::move(json).value_or(std::string()), false});
      return;
    }
    const StoreBreaker::Permit permit = breaker_.ask(StoreBreaker::Clock::now());
    if (permit != StoreBreaker::Permit::usual) {
      settle(place, {*std::move(json), false});
      if (permit == StoreBreaker::Permit::probe) probe();
    } else if (enter(place, Progress::encoding, Progress::storing)) {
      store(place, *std::move(json));
    }
  }

  void release() {
    std::unique_lock lock(mutex_);
    released_ = true;
    // Encoding reads the outcome, and takes a moment only.
    changed_.wait(lock, [this] {
      return std::none_of(places_.begin(), places_.end(),
                          [](const auto& place) { return place->progress == Progress::encoding; });
    });
    for (const std::shared_ptr<Place>& place : places_) {
      if (place->progress == Progress::storing) ++orphans_;
      next_.deliver(place->outcome);
    }
    places_.clear();
  }

  void expect_removal() {
    const std::lock_guard lock(mutex_);
    ++orphans_;
  }

  void remove(const std::string& reference) noexcept {
    try {
      storage_.remove(reference);
      const std::lock_guard lock(mutex_);
      --orphans_;
    } catch (const std::exception&) {
      // Stays counted.
    }
  }

  [[nodiscard]] std::uint64_t orphans() const {
    const std::lock_guard lock(mutex_);
    return orphans_;
  }

 private:
  struct Encoded {
    std::string json;
    bool is_stored;
  };

  // False once the outcome is gone, or going, without us.
  bool enter(Place& place, Progress from, Progress to) noexcept {
    const std::lock_guard lock(mutex_);
    const bool may_enter = !released_ && place.progress == from;
    place.progress = may_enter ? to : Progress::waiting;
    changed_.notify_all();
    return may_enter;
  }

  void store(Place& place, std::string json) noexcept {
    Encoded encoded{{}, false};
    try {
      encoded = {storage_.store(json), true};
      breaker_.answered();
    } catch (const std::exception& error) {
      encoded.json = std::move(json);
      fail(error);
      heed(error, StoreBreaker::Permit::usual);
    }
    {
      const std::lock_guard lock(mutex_);
      if (!released_) {
        set(place, std::move(encoded));
        return;
      }
    }
    if (encoded.is_stored) remove(encoded.json);
  }

  void settle(Place& place, Encoded encoded) noexcept {
    const std::lock_guard lock(mutex_);
    set(place, std::move(encoded));
  }

  // With the mutex.
  void set(Place& place, Encoded encoded) noexcept {
    place.outcome.result_json = std::move(encoded.json);
    place.outcome.is_stored = encoded.is_stored;
    place.progress = Progress::done;
    changed_.notify_all();
    while (!released_ && !places_.empty() && places_.front()->progress == Progress::done) {
      next_.deliver(places_.front()->outcome);
      places_.pop_front();
    }
  }

  // With a payload of its own: no result waits for a store that was silent.
  void probe() noexcept {
    try {
      probe_store(storage_);
      breaker_.answered();
    } catch (const std::exception& error) {
      heed(error, StoreBreaker::Permit::probe);
    }
  }

  void heed(const std::exception& error, StoreBreaker::Permit permit) noexcept {
    if (!is_unanswered(error)) {
      breaker_.answered();
    } else if (breaker_.unanswered(permit, StoreBreaker::Clock::now()) &&
               !told_suspension_.exchange(true)) {
      complain("the store does not answer: until it does results stand in the output themselves");
    }
  }

  // One complaint for each kind of failure; the end of the run tells how many there were.
  void fail(const std::exception& error) noexcept {
    try {
      if (is_new_failure(kind_of(error))) {
        complain(fmt::format("cannot store a result, which stands in the output instead: {}",
                             error.what()));
      }
    } catch (const std::bad_alloc&) {
      complain("cannot store a result, which stands in the output instead");
    }
  }

  bool is_new_failure(std::string kind) {
    const std::lock_guard lock(mutex_);
    return !released_ && kinds_.insert(std::move(kind)).second;
  }

  const ExternalStorage storage_;
  const std::size_t threshold_;
  StoreBreaker breaker_;
  std::atomic<bool> told_suspension_ = false;
  const RunSinks next_;  // nobody's after the release
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Place>> places_;  // mutex_; in the order of their coming
  bool released_ = false;                      // mutex_
  std::uint64_t orphans_ = 0;                  // mutex_
  std::set<std::string> kinds_;                // mutex_; of failures that were told
};

ResultStorage::ResultStorage(const async_http_pool::Configuration& configuration,
                             const RunSinks& next)
    : state_(std::make_shared<State>(configuration, next)), threads_(thread_count) {}

ResultStorage::~ResultStorage() { state_->release(); }

void ResultStorage::push(Outcome&& outcome) {
  state_->add(std::move(outcome), [this](const auto& place) {
    threads_.post([state = state_, place] { state->process(*place); });
  });
}

void ResultStorage::release() { state_->release(); }

void ResultStorage::remove(std::vector<std::string> references) {
  for (std::string& reference : references) {
    state_->expect_removal();
    threads_.post([state = state_, reference = std::move(reference)] { state->remove(reference); });
  }
}

bool ResultStorage::finish(const WaitLimits& limits) { return threads_.finish(limits); }

std::uint64_t ResultStorage::orphan_count() const { return state_->orphans(); }

}  // namespace ahp_tool
