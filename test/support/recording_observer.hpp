#pragma once

#include "support/patience.hpp"

#include <async_http_pool/error.hpp>
#include <async_http_pool/processor_observer.hpp>
#include <async_http_pool/request_task.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool::test {

/// Keeps what a processor reports, as lines: "start", "request_start <id>", "request_error <type>
/// <id>", "request_end <id>", "slow_callback <id>", "agent_failed <reason>"... Any thread.
class RecordingObserver final : public ProcessorObserver {
 public:
  void start() override { add("start"); }
  void stop() override { add("stop"); }
  void capacity_exceeded() override { add("capacity_exceeded"); }
  void request_start(const RequestTask& task) override { add("request_start " + task.id()); }
  void request_error(const Error& error) override {
    add("request_error " + std::string(to_string(error.error_type())) + " " + error.request_id());
  }
  void request_end(const RequestTask& task) override { add("request_end " + task.id()); }
  void slow_callback(const RequestTask& task, std::chrono::nanoseconds) override {
    add("slow_callback " + task.id());
  }
  void agent_failed(std::string_view reason) override {
    add("agent_failed " + std::string(reason));
  }

  [[nodiscard]] std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  /// How many events begin with `prefix`.
  [[nodiscard]] std::size_t count(std::string_view prefix) const {
    const std::lock_guard lock(mutex_);
    return count_locked(prefix);
  }
  /// Whether `count` events or more begin with `prefix`; false when `timeout` is over.
  [[nodiscard]] bool wait_for(std::string_view prefix, std::size_t count = 1,
                              std::chrono::milliseconds timeout = patience) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return count_locked(prefix) >= count; });
  }

 private:
  [[nodiscard]] std::size_t count_locked(std::string_view prefix) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        events_, [&](const std::string& event) { return event.starts_with(prefix); }));
  }
  void add(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> events_;  // guarded by mutex_
};

}  // namespace async_http_pool::test
