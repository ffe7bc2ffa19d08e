// Easy handles go round between the agent, which puts them back, and the threads that enqueue.
#include "curl/curl_library.hpp"
#include "curl/easy_handle_shelf.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/watchdog.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int taker_count = 6;
constexpr int takes_each = is_thread_sanitized ? 3'000 : 30'000;

/// Handles on their way from the takers to the putter, and who has which.
class Desk {
 public:
  /// Returns whether nobody else has it.
  bool hand_in(EasyHandle handle) {
    const std::lock_guard lock(mutex_);
    const bool is_new = owned_.insert(handle.get()).second;
    handles_.push_back(std::move(handle));
    return is_new;
  }
  EasyHandle hand_out() {
    const std::lock_guard lock(mutex_);
    if (handles_.empty()) return EasyHandle(nullptr);
    EasyHandle handle = std::move(handles_.front());
    handles_.pop_front();
    owned_.erase(handle.get());
    return handle;
  }

 private:
  std::mutex mutex_;
  std::deque<EasyHandle> handles_;  // guarded by mutex_
  std::set<CURL*> owned_;           // guarded by mutex_
};

}  // namespace

TEST_CASE("a handle from the shelf has one owner at any time") {
  const Watchdog watchdog("the shelf", 5 * patience);
  initialize_curl();
  EasyHandleShelf shelf(true);
  Desk desk;
  std::atomic<int> shared = 0;
  std::atomic<int> dirty = 0;
  std::atomic<int> takers_left = taker_count;
  std::vector<std::thread> takers;
  for (int i = 0; i < taker_count; ++i) {
    takers.emplace_back([&] {
      for (int count = 0; count < takes_each; ++count) {
        EasyHandle handle = shelf.take();
        void* mark = nullptr;
        curl_easy_getinfo(handle.get(), CURLINFO_PRIVATE, &mark);
        if (mark != nullptr) ++dirty;  // not as good as new
        handle.set<CURLOPT_PRIVATE>(static_cast<void*>(&desk));
        if (!desk.hand_in(std::move(handle))) ++shared;
      }
      --takers_left;
    });
  }
  std::thread putter([&] {
    int put = 0;
    while (put < taker_count * takes_each) {
      EasyHandle handle = desk.hand_out();
      if (handle.get() == nullptr) {
        std::this_thread::yield();
        continue;
      }
      shelf.put(std::move(handle));
      ++put;
    }
  });
  for (std::thread& taker : takers) taker.join();
  putter.join();
  CHECK(shared == 0);
  CHECK(dirty == 0);
}
