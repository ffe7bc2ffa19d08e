#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace ahp_tool {

/// Turns SIGINT, SIGTERM and SIGHUP into calls of a function on a thread of its own, and ignores
/// SIGPIPE. Make it before any other thread: they inherit that these signals are not theirs. A
/// signal that was ignored when the program began (nohup) stays so.
class SignalThread {
 public:
  explicit SignalThread(std::function<void()> on_signal);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  const std::function<void()> on_signal_;
  sigset_t signals_{};
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace ahp_tool
