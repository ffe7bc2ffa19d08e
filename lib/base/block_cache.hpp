#pragma once

#include <cstddef>
#include <memory>

namespace async_http_pool {

/// Memory blocks that a thread has given back, by size, for its next requests: the block that was
/// used last, and is in the processor's caches, comes first. Unlike malloc it never looks at a
/// block's neighbours in memory, which with thousands of transfers are in no cache.
/// one-thread-at-a-time
///
/// The blocks are malloc's own: what this cache gave may be freed with free(3), by any thread, and
/// what malloc gave may be put here. Where the C library does not tell how large a block is,
/// nothing is kept.
class BlockCache {
 public:
  /// Keeps blocks of up to 64 KiB (and a bit, as libcurl's buffers are one byte longer),
  /// `bytes_max` of them altogether.
  explicit BlockCache(std::size_t bytes_max);
  ~BlockCache() { clear(); }
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  /// A block of at least `size` bytes; null if there is no memory.
  [[nodiscard]] void* take(std::size_t size) noexcept;
  /// Ends the process when the block is here already.
  void put(void* block) noexcept;
  /// Gives all blocks back to malloc.
  void clear() noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Block {
    Block* next;
    const BlockCache* keeper;  ///< tells that it is here already
  };
  [[noreturn]] static void report_double_free() noexcept;
  [[nodiscard]] bool holds(const Block* block, std::size_t index) const noexcept;

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::unique_ptr<Block*[]> blocks_;  // by size, see .cpp
};

/// Gives the calling thread a cache for as long as it lives: the functions below then use it, and
/// malloc otherwise.
class BlockCacheScope {
 public:
  explicit BlockCacheScope(BlockCache& cache) noexcept;
  ~BlockCacheScope();
  BlockCacheScope(const BlockCacheScope&) = delete;
  BlockCacheScope& operator=(const BlockCacheScope&) = delete;

 private:
  BlockCache* const before_;
};

/// malloc(3) and its relatives by way of the calling thread's cache, with their contracts.
/// any-thread
[[nodiscard]] void* recycled_malloc(std::size_t size) noexcept;
[[nodiscard]] void* recycled_calloc(std::size_t count, std::size_t size) noexcept;
[[nodiscard]] void* recycled_realloc(void* block, std::size_t size) noexcept;
[[nodiscard]] char* recycled_strdup(const char* text) noexcept;
void recycled_free(void* block) noexcept;

}  // namespace async_http_pool
