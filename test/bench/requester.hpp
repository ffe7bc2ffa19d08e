#pragma once

#include <chrono>
#include <memory>
#include <string>

/// Told, on the thread that drives requests, that one has ended. It may start the next.
class EndListener {
 public:
  virtual void on_end(bool is_success) = 0;

 protected:
  ~EndListener() = default;
};

/// Makes GET requests that any thread starts: the library, or the least that libcurl needs for it.
class Requester {
 public:
  virtual ~Requester() = default;
  /// any-thread. `listener` must outlive the request.
  virtual void start(const std::string& url, EndListener& listener) = 0;
};

/// Requests to `url` end after `time`.
struct Limit {
  std::string url;
  std::chrono::milliseconds time{0};
};

/// `requests_max` are under way at a time.
[[nodiscard]] std::unique_ptr<Requester> make_library_requester(int requests_max,
                                                                const Limit& limit = {});

/// A thread with curl_multi_poll and curl_multi_perform, a queue under a lock, and
/// curl_multi_wakeup; a fresh easy handle a request.
[[nodiscard]] std::unique_ptr<Requester> make_raw_requester(int requests_max);
