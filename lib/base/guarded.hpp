#pragma once

#include <mutex>
#include <utility>

namespace async_http_pool {

/// A value that can only be reached while its mutex is held. any-thread
///
/// Keep what runs inside `with` short, and never call libcurl, user code or another `with` there.
template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  template <typename Function>
  decltype(auto) with(Function&& function) {
    const std::lock_guard lock(mutex_);
    return std::forward<Function>(function)(value_);
  }
  template <typename Function>
  decltype(auto) with(Function&& function) const {
    const std::lock_guard lock(mutex_);
    return std::forward<Function>(function)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace async_http_pool
