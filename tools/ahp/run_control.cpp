#include "run_control.hpp"

namespace ahp_tool {

bool RunControl::enter() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return deadline_ || unsettled_ < lines_max_; });
  if (deadline_) return false;
  ++unsettled_;
  return true;
}

void RunControl::leave() {
  const std::lock_guard lock(mutex_);
  --unsettled_;
  changed_.notify_all();
}

std::size_t RunControl::unsettled_count() const {
  const std::lock_guard lock(mutex_);
  return unsettled_;
}

void RunControl::wait_for_change() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(1));
}

void RunControl::wait_settled() {
  std::unique_lock lock(mutex_);
  while (unsettled_ > 0 && !now_) {
    if (!deadline_) {
      changed_.wait(lock);
    } else if (changed_.wait_until(lock, *deadline_) == std::cv_status::timeout) {
      return;
    }
  }
}

void RunControl::stop() {
  const std::lock_guard lock(mutex_);
  if (deadline_) {
    now_ = true;
    hurry_.raise();
  }
  begin_stop();
}

void RunControl::stop_now() {
  const std::lock_guard lock(mutex_);
  now_ = true;
  begin_stop();
}

void RunControl::begin_stop() {
  if (!deadline_) deadline_ = Clock::now() + shutdown_timeout_;
  stop_.raise();
  changed_.notify_all();
}

bool RunControl::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return deadline_.has_value();
}

bool RunControl::is_out_of_patience() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

RunControl::Clock::time_point RunControl::deadline() const {
  const std::lock_guard lock(mutex_);
  return deadline_.value_or(Clock::time_point::max());
}

}  // namespace ahp_tool
