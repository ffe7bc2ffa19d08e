#include "base/block_cache.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) \
  (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) \
  (static_cast<void>(address), static_cast<void>(size))
#endif

namespace async_http_pool {

namespace {

// Blocks of class n have room for 16 n + 8 bytes or more, as glibc makes them: with a word of its
// own to each.
constexpr std::size_t step = 16;
constexpr std::size_t odd_bytes = 8;
constexpr std::size_t class_count = (std::size_t{65} << 10) / step;
constexpr std::size_t first_class = 1;

constexpr std::size_t class_for(std::size_t size) noexcept {
  return std::max((size + step - odd_bytes - 1) / step, first_class);
}

constexpr std::size_t size_of_class(std::size_t index) noexcept { return index * step + odd_bytes; }

static_assert(class_for(0) == 1 && class_for(24) == 1 && class_for(25) == 2 && class_for(40) == 2 &&
              class_for(41) == 3);
static_assert(size_of_class(class_for(16'385)) >= 16'385);

// A block that is larger than a page begins on one. Those are the buffers that libcurl reads into,
// untouched until an answer comes: so the kernel needs no page for them, not even for a part of one
// that they share with their neighbours.
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t paged_from = 2 * page_bytes;

void* make_block(std::size_t size) noexcept {
  if (size < paged_from) return std::malloc(size);
  void* block = nullptr;
  return ::posix_memalign(&block, page_bytes, size) == 0 ? block : nullptr;
}

/// 0 if that is not known.
std::size_t size_of(void* block) noexcept {
#if __has_include(<malloc.h>)
  return ::malloc_usable_size(block);
#else
  static_cast<void>(block);
  return 0;
#endif
}

// Found without a call where the loader keeps a few bytes for libraries that come late.
#if defined(__GLIBC__)
[[gnu::tls_model("initial-exec")]]
#endif
constinit thread_local BlockCache* current = nullptr;

}  // namespace

BlockCache::BlockCache(std::size_t bytes_max)
    : bytes_max_(bytes_max), blocks_(std::make_unique<Block*[]>(class_count)) {}

void* BlockCache::take(std::size_t size) noexcept {
  if (size > size_of_class(class_count - 1)) return std::malloc(size);
  const std::size_t index = class_for(size);
  Block* const block = blocks_[index];
  if (block == nullptr) return make_block(size_of_class(index));
  blocks_[index] = block->next;
  bytes_ -= size_of_class(index);
  ASAN_UNPOISON_MEMORY_REGION(block, size_of_class(index));
  block->keeper = nullptr;
  return block;
}

void BlockCache::put(void* block) noexcept {
  const std::size_t size = size_of(block);
  const std::size_t index = (size - odd_bytes) / step;  // of a size that is too small: too large
  if (index >= class_count || index < first_class || bytes_ + size > bytes_max_) {
    std::free(block);
    return;
  }
  // What stands there may be anything, this address among it.
  const auto* const unknown = static_cast<const Block*>(block);
  if (unknown->keeper == this && holds(unknown, index)) report_double_free();
  blocks_[index] = ::new (block) Block{.next = blocks_[index], .keeper = this};
  bytes_ += size_of_class(index);
  // But for the link: whoever uses it still is found out.
  constexpr std::size_t link_bytes = offsetof(Block, keeper);
  ASAN_POISON_MEMORY_REGION(static_cast<std::byte*>(block) + link_bytes,
                            size_of_class(index) - link_bytes);
}

bool BlockCache::holds(const Block* block, std::size_t index) const noexcept {
  for (const Block* kept = blocks_[index]; kept != nullptr; kept = kept->next) {
    if (kept == block) return true;
  }
  return false;
}

void BlockCache::report_double_free() noexcept {
  static_cast<void>(std::fputs("async_http_pool: memory of libcurl is freed twice\n", stderr));
  std::abort();
}

void BlockCache::clear() noexcept {
  for (std::size_t index = first_class; index < class_count; ++index) {
    while (Block* const block = blocks_[index]) {
      blocks_[index] = block->next;
      ASAN_UNPOISON_MEMORY_REGION(block, size_of_class(index));
      std::free(block);
    }
  }
  bytes_ = 0;
}

BlockCacheScope::BlockCacheScope(BlockCache& cache) noexcept
    : before_(std::exchange(current, &cache)) {}

BlockCacheScope::~BlockCacheScope() { current = before_; }

void* recycled_malloc(std::size_t size) noexcept {
  return current != nullptr ? current->take(size) : std::malloc(size);
}

void* recycled_calloc(std::size_t count, std::size_t size) noexcept {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  if (current == nullptr) return std::calloc(count, size);
  void* const block = current->take(count * size);
  return block != nullptr ? std::memset(block, 0, count * size) : nullptr;
}

void* recycled_realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr) return recycled_malloc(size);
  const std::size_t old_size = size_of(block);
  const bool is_kept = old_size != 0 && old_size <= size_of_class(class_count - 1);
  if (current == nullptr || !is_kept || size == 0) return std::realloc(block, size);
  if (size <= old_size && size >= old_size / 2) return block;
  void* const other = current->take(size);
  if (other == nullptr) return nullptr;
  std::memcpy(other, block, std::min(size, old_size));
  current->put(block);
  return other;
}

char* recycled_strdup(const char* text) noexcept {
  const std::size_t size = std::strlen(text) + 1;
  void* const copy = recycled_malloc(size);
  return copy != nullptr ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}

void recycled_free(void* block) noexcept {
  if (block == nullptr) return;
  if (current != nullptr) {
    current->put(block);
  } else {
    std::free(block);
  }
}

}  // namespace async_http_pool
