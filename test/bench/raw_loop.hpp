#pragma once

#include "raw_curl.hpp"
#include "raw_plan.hpp"

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace raw {

/// A field of /proc/self/status in KiB.
[[nodiscard]] long memory_kb(const std::string& field);

/// libcurl's multi interface and no more. Not destroyed: the process ends without waiting for held
/// requests.
class Loop {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Loop(const Plan& plan);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Starts the held requests and drives them for a while. Returns the memory they took, in KiB.
  long hold();
  /// Returns when all requests have ended.
  void run();

  [[nodiscard]] std::vector<float>& latencies_us() { return latencies_us_; }
  [[nodiscard]] std::size_t failed_count() const { return failed_; }

 private:
  struct EasyCleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  /// The place of one request in flight.
  struct Slot {
    std::unique_ptr<CURL, EasyCleanup> easy;
    std::string body;
    Clock::time_point begun;
    bool is_held = false;
  };

  void start_next(Slot& slot);
  void start(Slot& slot, const std::string& url);
  void set_up(Slot& slot);
  void set_up_tls(CURL* easy);
  void turn(int limit_ms);
  void turn_epoll(int limit_ms);
  void reap();
  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known);
  static int on_timer(CURLM*, long ms, void* self);

  const Plan& plan_;
  std::vector<Slot> slots_;
  std::vector<Slot> held_;
  CURLM* multi_;
  CURLSH* share_;
  curl_slist* same_headers_;
  std::vector<float> latencies_us_;
  std::size_t started_ = 0;
  std::size_t failed_ = 0;
  int epoll_ = -1;
  bool has_timer_ = false;
  Clock::time_point due_;
};

}  // namespace raw
