#include "client/stream_buffer.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace async_http_pool {
namespace {

constexpr std::size_t size_min = 1024;

/// The `count` bytes of a ring from `distance` on, which is counted through all its rounds.
template <typename Part, typename Char>
StreamBuffer::Parts<Part> parts_of(Char* ring, std::size_t size, std::uint64_t distance,
                                   std::size_t count) noexcept {
  if (count == 0) return {};
  const auto offset = static_cast<std::size_t>(distance % size);
  const std::size_t first = std::min(count, size - offset);
  return {.first = Part(ring + offset, first), .second = Part(ring, count - first)};
}

}  // namespace

StreamBuffer::StreamBuffer(std::string_view bytes) noexcept
    : storage_(std::shared_ptr<const void>(), bytes.data()),
      size_(bytes.size()),
      written_(bytes.size()) {}

StreamBuffer::Room StreamBuffer::claim(std::size_t count, std::size_t capacity) {
  const std::size_t needed = bytes() + count;
  if (needed > size_) {
    grow(std::max(needed, std::min(capacity, std::bit_ceil(std::max(needed, size_min)))));
  }
  return parts_of<std::span<char>>(ring_, size_, written_ - origin_, count);
}

StreamBuffer::View StreamBuffer::view() const noexcept {
  return parts_of<std::string_view>(storage_.get(), size_, consumed_ - origin_, bytes());
}

void StreamBuffer::grow(std::size_t size) {
  auto storage = std::make_shared_for_overwrite<char[]>(size);
  const View old = view();
  const std::size_t copied = old.first.copy(storage.get(), old.first.size());
  old.second.copy(storage.get() + copied, old.second.size());
  origin_ = consumed_;
  ring_ = storage.get();
  storage_ = std::move(storage);
  size_ = size;
}

}  // namespace async_http_pool
