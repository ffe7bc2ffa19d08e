#include "base/block_cache.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace async_http_pool {
namespace {

constexpr std::size_t plenty = std::size_t{16} << 20;

/// A block with a pattern of its own in all of its bytes.
struct Filled {
  unsigned char* bytes;
  std::size_t size;
  unsigned char pattern;

  [[nodiscard]] bool is_intact() const {
    return std::all_of(bytes, bytes + size, [this](unsigned char byte) { return byte == pattern; });
  }
};

/// 0 to 80 000, small ones more often than large ones.
std::size_t some_size(std::mt19937& random) {
  const std::size_t bound = std::size_t{1} << (random() % 17);
  return random() % (bound + bound / 4);
}

}  // namespace

TEST_CASE("the block that was put last is taken first") {
  BlockCache cache(plenty);
  void* const first = cache.take(100);
  void* const second = cache.take(100);
  REQUIRE(first != nullptr);
  REQUIRE(second != first);
  cache.put(first);
  cache.put(second);
  CHECK(cache.take(100) == second);
  CHECK(cache.take(97) == first);  // of the same class
  cache.put(first);
  cache.put(second);
}

TEST_CASE("a block of another size is not taken") {
  BlockCache cache(plenty);
  void* const small = cache.take(40);
  cache.put(small);
  void* const larger = cache.take(41);
  CHECK(larger != small);
  cache.put(larger);
}

TEST_CASE("what a block cache gives is as large as was asked for, and nobody else's") {
  BlockCache cache(plenty);
  std::mt19937 random(20261122);
  std::vector<Filled> blocks;
  for (int round = 0; round < 20'000; ++round) {
    if (blocks.size() < 200 && random() % 2 == 0) {
      const std::size_t size = some_size(random);
      auto* const bytes = static_cast<unsigned char*>(cache.take(size));
      REQUIRE(bytes != nullptr);
      const auto pattern = static_cast<unsigned char>(random());
      std::fill(bytes, bytes + size, pattern);
      blocks.push_back({bytes, size, pattern});
    } else if (!blocks.empty()) {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      REQUIRE(blocks.back().is_intact());
      cache.put(blocks.back().bytes);
      blocks.pop_back();
    }
    REQUIRE(cache.bytes() <= plenty);
  }
  for (const Filled& block : blocks) cache.put(block.bytes);
}

TEST_CASE("a block cache keeps no more than it may, and nothing that is large") {
  BlockCache cache(10'000);
  std::vector<void*> blocks;
  for (int i = 0; i < 20; ++i) blocks.push_back(cache.take(1000));
  for (void* const block : blocks) cache.put(block);
  CHECK(cache.bytes() > 8'000);
  CHECK(cache.bytes() <= 10'000);

  cache.clear();
  CHECK(cache.bytes() == 0);
  BlockCache roomy(plenty);
  roomy.put(roomy.take(200'000));
  CHECK(roomy.bytes() == 0);
}

TEST_CASE("blocks are malloc's own") {
  BlockCache cache(plenty);
  std::free(cache.take(500));
  cache.put(std::malloc(500));
  std::free(cache.take(20'000));
  cache.put(std::malloc(20'000));
  cache.put(std::malloc(1));
  cache.put(std::calloc(7, 9));
  CHECK(cache.bytes() > 20'000);
}

TEST_CASE("a large block begins on a page") {
  BlockCache cache(plenty);
  void* const block = cache.take(16'385);
  CHECK(reinterpret_cast<std::uintptr_t>(block) % 4096 == 0);
  cache.put(block);
  CHECK(cache.take(16'385) == block);
  cache.put(block);
}

TEST_CASE("a thread uses its cache while it has one") {
  BlockCache cache(plenty);
  {
    const BlockCacheScope scope(cache);
    recycled_free(recycled_malloc(300));
    CHECK(cache.bytes() > 0);
    BlockCache inner(plenty);
    {
      const BlockCacheScope inner_scope(inner);
      recycled_free(recycled_malloc(300));
    }
    CHECK(inner.bytes() > 0);

    std::size_t bytes = cache.bytes();
    void* const mine = recycled_malloc(300);
    CHECK(cache.bytes() < bytes);
    bytes = cache.bytes();
    std::thread([mine] { recycled_free(mine); }).join();  // which has none
    CHECK(cache.bytes() == bytes);
  }
  cache.clear();
  recycled_free(recycled_malloc(300));
  CHECK(cache.bytes() == 0);
}

TEST_CASE("recycled memory keeps the contracts of malloc and its relatives") {
  const bool has_cache = GENERATE(true, false);
  BlockCache cache(plenty);
  std::optional<BlockCacheScope> scope;
  if (has_cache) scope.emplace(cache);
  CAPTURE(has_cache);

  SECTION("calloc clears a block that was used") {
    void* const dirty = recycled_malloc(640);
    std::memset(dirty, 0xAB, 640);
    recycled_free(dirty);
    const auto* const clean = static_cast<unsigned char*>(recycled_calloc(64, 10));
    CHECK(std::all_of(clean, clean + 640, [](unsigned char byte) { return byte == 0; }));
    recycled_free(const_cast<unsigned char*>(clean));
  }
  SECTION("calloc refuses a product that is none") {
    CHECK(recycled_calloc(SIZE_MAX / 2, 4) == nullptr);
  }
  SECTION("realloc keeps what was there") {
    std::size_t size = 1;
    auto* bytes = static_cast<unsigned char*>(recycled_realloc(nullptr, size));
    bytes[0] = 7;
    for (; size < 300'000; size *= 3) {
      bytes = static_cast<unsigned char*>(recycled_realloc(bytes, size * 3));
      REQUIRE(std::count(bytes, bytes + size, 7) == static_cast<std::ptrdiff_t>(size));
      std::fill(bytes, bytes + size * 3, static_cast<unsigned char>(7));
    }
    for (; size > 0; size /= 3) {
      bytes = static_cast<unsigned char*>(recycled_realloc(bytes, size));
      REQUIRE(std::count(bytes, bytes + size, 7) == static_cast<std::ptrdiff_t>(size));
    }
    recycled_free(bytes);
  }
  SECTION("strdup copies, and free takes null") {
    char* const copy = recycled_strdup("text");
    CHECK(std::string(copy) == "text");
    recycled_free(copy);
    recycled_free(nullptr);
  }
}

}  // namespace async_http_pool
