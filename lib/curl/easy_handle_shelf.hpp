#pragma once

#include "curl/easy_handle.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace async_http_pool {

/// Easy handles to be used again, put here by the agent and taken by the threads that enqueue.
/// Lock-free: each place is handed over by one exchange, so that a handle has one owner at any
/// time. any-thread
class EasyHandleShelf {
 public:
  /// `is_used`: whether this libcurl bears it (quirks.hpp); if not, `take` makes handles and `put`
  /// ends them.
  explicit EasyHandleShelf(bool is_used) noexcept : is_used_(is_used) {}
  ~EasyHandleShelf();
  EasyHandleShelf(const EasyHandleShelf&) = delete;
  EasyHandleShelf& operator=(const EasyHandleShelf&) = delete;

  /// A handle as good as new. Throws `std::bad_alloc`.
  [[nodiscard]] EasyHandle take();
  void put(EasyHandle handle) noexcept;

 private:
  static constexpr std::size_t places_max = 64;
  static constexpr std::size_t tries_max =
      4;  // a crowded or an empty shelf is not searched to its end

  const bool is_used_;
  std::atomic<std::size_t> next_take_ = 0;
  std::atomic<std::size_t> next_put_ = 0;
  std::array<std::atomic<CURL*>, places_max> places_{};
};

}  // namespace async_http_pool
