#include "worker_threads.hpp"

#include "owned_descriptor.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace ahp_tool {

struct WorkerThreads::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;  // mutex
  bool closed = false;                     // mutex
  std::size_t running = 0;                 // mutex; threads
  Wakeup ended;                            // once the last thread has no more to do
};

namespace {

using Clock = std::chrono::steady_clock;

// Whether `fd` becomes readable within the limits.
bool wait_readable(int fd, const WaitLimits& limits) {
  for (;;) {
    int timeout_ms = -1;
    if (limits.deadline) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*limits.deadline - Clock::now());
      timeout_ms =
          static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
    }
    pollfd waits[] = {{fd, POLLIN, 0}, {limits.stop_fd, POLLIN, 0}};
    const int ready = ::poll(waits, 2, timeout_ms);
    if (ready > 0 && waits[0].revents != 0) return true;
    if (ready > 0 || (ready < 0 && errno != EINTR)) return false;
    if (limits.deadline && Clock::now() >= *limits.deadline) return false;
  }
}

}  // namespace

WorkerThreads::WorkerThreads(std::size_t count) : state_(std::make_shared<State>()) {
  state_->running = count;
  threads_.reserve(count);
  try {
    while (threads_.size() < count) {
      threads_.emplace_back([state = state_] { work(*state); });
    }
  } catch (...) {
    close();
    for (std::thread& thread : threads_) thread.join();
    throw;
  }
}

WorkerThreads::~WorkerThreads() {
  if (!threads_.empty()) static_cast<void>(finish({-1, Clock::now()}));
}

void WorkerThreads::post(std::function<void()> job) {
  const std::lock_guard lock(state_->mutex);
  state_->jobs.push_back(std::move(job));
  state_->changed.notify_one();
}

void WorkerThreads::close() noexcept {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->changed.notify_all();
}

bool WorkerThreads::finish(const WaitLimits& limits) {
  close();
  const bool have_ended = wait_readable(state_->ended.fd(), limits);
  if (!have_ended) {
    const std::lock_guard lock(state_->mutex);
    state_->jobs.clear();
  }
  for (std::thread& thread : threads_) {
    if (have_ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
  return have_ended;
}

void WorkerThreads::work(State& state) noexcept {
  std::unique_lock lock(state.mutex);
  for (;;) {
    state.changed.wait(lock, [&] { return state.closed || !state.jobs.empty(); });
    if (state.jobs.empty()) break;
    {
      const std::function<void()> job = std::move(state.jobs.front());
      state.jobs.pop_front();
      lock.unlock();
      job();
    }  // what it owned is let go of without the lock
    lock.lock();
  }
  if (--state.running == 0) state.ended.raise();
}

}  // namespace ahp_tool
