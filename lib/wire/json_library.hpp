#pragma once

/// The one door to RapidJSON, and its settings: they must be the same in every file, or the linker
/// merges functions that differ.

#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace async_http_pool {

/// A broken rule of RapidJSON's is a bug of ours: an exception that names it, never an abort.
[[noreturn]] inline void refuse_json_use(const char* rule) { throw std::logic_error(rule); }

}  // namespace async_http_pool

// A namespace of our own: a program that uses RapidJSON itself may have set it up in another way.
#define RAPIDJSON_NAMESPACE ahp_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace ahp_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#define RAPIDJSON_ASSERT(x) \
  (static_cast<bool>(x) ? static_cast<void>(0) : ::async_http_pool::refuse_json_use(#x))
#define RAPIDJSON_HAS_STDSTRING 1
#define RAPIDJSON_NO_SIZETYPEDEFINE  // 32 bits otherwise
namespace ahp_rapidjson {
using SizeType = std::size_t;
}

// RapidJSON 1.1 adds to a null pointer where its stack is empty.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace async_http_pool {

/// RapidJSON's own allocator returns null when memory is short, and nothing in it looks.
class JsonAllocator {
 public:
  static constexpr bool kNeedFree = true;
  // The names are RapidJSON's concept. NOLINTBEGIN(readability-identifier-naming)
  void* Malloc(std::size_t bytes) { return Realloc(nullptr, 0, bytes); }
  void* Realloc(void* old, std::size_t /*old_bytes*/, std::size_t bytes) {
    if (bytes == 0) {
      std::free(old);
      return nullptr;
    }
    if (void* fresh = std::realloc(old, bytes)) return fresh;
    throw std::bad_alloc();
  }
  static void Free(void* memory) noexcept { std::free(memory); }
  // NOLINTEND(readability-identifier-naming)
};

}  // namespace async_http_pool
