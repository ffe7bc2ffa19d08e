#include "signal_thread.hpp"

#include <pthread.h>

namespace ahp_tool {
namespace {

// Ends the thread that waits; nobody else has a use for it here.
constexpr int end_signal = SIGURG;

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

SignalThread::SignalThread(std::function<void()> on_signal) : on_signal_(std::move(on_signal)) {
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&signals_);
  sigaddset(&signals_, end_signal);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&signals_, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] {
    int signal = 0;
    while (::sigwait(&signals_, &signal) == 0 && !done_) {
      if (signal != end_signal) on_signal_();
    }
  });
}

SignalThread::~SignalThread() {
  done_ = true;
  ::pthread_kill(thread_.native_handle(), end_signal);
  thread_.join();
}

}  // namespace ahp_tool
