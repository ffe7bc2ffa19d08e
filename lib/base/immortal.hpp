#pragma once

#include <utility>

namespace async_http_pool {

/// Takes over `value` and never destroys it: for what a forked child has of its parent's.
template <typename T>
void keep_for_ever(T value) noexcept {
  union Immortal {
    explicit Immortal(T&& kept) noexcept : value(std::move(kept)) {}
    Immortal(const Immortal&) = delete;
    Immortal& operator=(const Immortal&) = delete;
    ~Immortal() {}
    T value;
  };
  const Immortal immortal(std::move(value));
}

}  // namespace async_http_pool
