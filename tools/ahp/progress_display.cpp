#include "progress_display.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace ahp_tool {
namespace {

constexpr auto terminal_interval = std::chrono::milliseconds(200);
constexpr auto log_interval = std::chrono::milliseconds(1000);
constexpr const char* clear_terminal_line = "\r\x1b[K";

}  // namespace

ProgressDisplay::ProgressDisplay(std::function<std::string()> line)
    : line_(std::move(line)),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      thread_([this] { show_until_done(); }) {}

ProgressDisplay::~ProgressDisplay() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ProgressDisplay::show_until_done() {
  std::unique_lock lock(mutex_);
  const auto interval = is_terminal_ ? terminal_interval : log_interval;
  while (!changed_.wait_for(lock, interval, [this] { return done_; })) {
    const std::string line = line_();
    std::fprintf(stderr, is_terminal_ ? "%s%s" : "%s%s\n", is_terminal_ ? clear_terminal_line : "",
                 line.c_str());
    std::fflush(stderr);
  }
  if (is_terminal_) std::fputs(clear_terminal_line, stderr);
}

}  // namespace ahp_tool
