#include "curl/easy_handle_shelf.hpp"

#include <utility>

namespace async_http_pool {

EasyHandleShelf::EasyHandleShelf(bool is_used) : handles_max_(is_used ? 64 : 0) {
  handles_.reserve(handles_max_);
}

EasyHandle EasyHandleShelf::take() {
  if (handles_.empty()) return EasyHandle();
  EasyHandle handle = std::move(handles_.back());
  handles_.pop_back();
  return handle;
}

void EasyHandleShelf::put(EasyHandle handle) noexcept {
  if (handles_.size() == handles_max_) return;
  handle.reset();
  handles_.push_back(std::move(handle));
}

}  // namespace async_http_pool
