#pragma once

#include "curl/easy_handle.hpp"

#include <cstddef>
#include <vector>

namespace async_http_pool {

/// Easy handles to be used again, of one agent. one-thread-at-a-time
class EasyHandleShelf {
 public:
  /// `is_used`: whether this libcurl bears it (quirks.hpp); if not, `take` makes handles and `put`
  /// ends them.
  explicit EasyHandleShelf(bool is_used);

  /// A handle as good as new. Throws `std::bad_alloc`.
  [[nodiscard]] EasyHandle take();
  void put(EasyHandle handle) noexcept;

 private:
  const std::size_t handles_max_;
  std::vector<EasyHandle> handles_;
};

}  // namespace async_http_pool
