#include "store_breaker.hpp"

#include <algorithm>

namespace ahp_tool {

StoreBreaker::Permit StoreBreaker::ask(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!suspended_) return Permit::usual;
  if (probing_ || now < next_probe_) return Permit::refused;
  probing_ = true;
  return Permit::probe;
}

void StoreBreaker::answered() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  suspended_ = probing_ = false;
  pause_ = first_pause;
}

bool StoreBreaker::unanswered(Permit permit, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (permit == Permit::probe) {
    // A try from before the suspension may have been answered since: then this one is like others.
    if (probing_) {
      probing_ = false;
      pause_ = std::min(2 * pause_, longest_pause);
      next_probe_ = now + pause_;
      return false;
    }
  }
  if (suspended_ || ++failures_ < failures_max) return false;
  suspended_ = true;
  next_probe_ = now + pause_;
  return true;
}

}  // namespace ahp_tool
