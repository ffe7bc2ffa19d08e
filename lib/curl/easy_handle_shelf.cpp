#include "curl/easy_handle_shelf.hpp"

#include <utility>

namespace async_http_pool {

EasyHandleShelf::~EasyHandleShelf() {
  for (std::atomic<CURL*>& place : places_) {
    if (CURL* handle = place.exchange(nullptr)) EasyHandle{handle};  // ends it
  }
}

EasyHandle EasyHandleShelf::take() {
  if (!is_used_) return EasyHandle();
  for (std::size_t i = 0; i < tries_max; ++i) {
    std::atomic<CURL*>& place =
        places_[next_take_.fetch_add(1, std::memory_order_relaxed) % places_max];
    if (CURL* handle = place.exchange(nullptr, std::memory_order_acquire))
      return EasyHandle(handle);
  }
  return EasyHandle();
}

void EasyHandleShelf::put(EasyHandle handle) noexcept {
  if (!is_used_) return;
  handle.reset();
  for (std::size_t i = 0; i < tries_max; ++i) {
    std::atomic<CURL*>& place =
        places_[next_put_.fetch_add(1, std::memory_order_relaxed) % places_max];
    CURL* expected = nullptr;
    if (place.compare_exchange_strong(expected, handle.get(), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      static_cast<void>(handle.release());
      return;
    }
  }
}

}  // namespace async_http_pool
