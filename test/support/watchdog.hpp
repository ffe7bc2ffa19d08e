#pragma once

#include "support/patience.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace async_http_pool::test {

/// Ends the process with a message when its scope takes longer than `limit`: a deadlock becomes a
/// failed test with a core that shows it, instead of a test that hangs.
class Watchdog {
 public:
  explicit Watchdog(std::string what, std::chrono::milliseconds limit = 60s)
      : thread_([this, what = std::move(what), limit] {
          std::unique_lock lock(mutex_);
          if (over_.wait_for(lock, limit, [this] { return is_over_; })) return;
          std::fprintf(stderr, "watchdog: %s did not end in time\n", what.c_str());
          std::abort();
        }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    over_.notify_all();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace async_http_pool::test
