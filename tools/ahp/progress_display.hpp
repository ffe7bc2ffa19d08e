#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace ahp_tool {

/// Shows a line on stderr now and then: on a terminal in one place, which is cleared at the end,
/// elsewhere one below the other.
class ProgressDisplay {
 public:
  /// `line` is called on a thread of the display's own.
  explicit ProgressDisplay(std::function<std::string()> line);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

 private:
  void show_until_done();

  const std::function<std::string()> line_;
  const bool is_terminal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // mutex_
  std::thread thread_;
};

}  // namespace ahp_tool
