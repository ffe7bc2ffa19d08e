#include "base/uuid.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/random.h>
#endif

namespace async_http_pool {
namespace {

using UuidBytes = std::array<std::uint8_t, 16>;

/// Slower than the kernel's own call, and there on every system.
void fill_from_device(std::uint8_t* out, std::size_t length) {
  std::random_device device;
  for (std::size_t i = 0; i < length; ++i) {
    out[i] = static_cast<std::uint8_t>(device());
  }
}

#if defined(__linux__)

void fill_random(std::uint8_t* out, std::size_t length) {
  while (length > 0) {
    const ssize_t count = getrandom(out, length, 0);
    if (count > 0) {
      out += count;
      length -= static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      fill_from_device(out, length);
      return;
    }
  }
}

/// Random bytes in stock, so that 254 of 255 UUIDs cost no system call. Lives in memory that the
/// kernel hands to a forked child full of zeroes: the child finds an empty stock instead of its
/// parent's bytes.
struct Stock {
  std::size_t left;
  std::array<std::uint8_t, 255 * sizeof(UuidBytes)> bytes;
};

Stock* map_stock() noexcept {
  void* memory =
      mmap(nullptr, sizeof(Stock), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return nullptr;
  }
  if (madvise(memory, sizeof(Stock), MADV_WIPEONFORK) != 0) {  // Linux before 4.14
    munmap(memory, sizeof(Stock));
    return nullptr;
  }
  return static_cast<Stock*>(memory);  // zeroed by the kernel: a valid, empty stock
}

// Plain values, for they have to be readable after the owner below is gone: destructors of static
// objects may still enqueue.
thread_local Stock* stock = nullptr;
thread_local bool stock_was_opened = false;

struct StockOwner {
  StockOwner() noexcept {
    stock = map_stock();
    stock_was_opened = true;
  }
  ~StockOwner() {
    if (stock != nullptr) {
      munmap(stock, sizeof(Stock));
      stock = nullptr;
    }
  }
  StockOwner(const StockOwner&) = delete;
  StockOwner& operator=(const StockOwner&) = delete;
};

UuidBytes random_bytes() {
  if (!stock_was_opened) {
    static thread_local const StockOwner owner;
  }
  UuidBytes result;
  if (stock == nullptr) {
    fill_random(result.data(), result.size());
    return result;
  }
  if (stock->left == 0) {
    fill_random(stock->bytes.data(), stock->bytes.size());
    stock->left = stock->bytes.size();
  }
  stock->left -= result.size();
  std::memcpy(result.data(), stock->bytes.data() + stock->left, result.size());
  return result;
}

#else

UuidBytes random_bytes() {
  UuidBytes result;
  fill_from_device(result.data(), result.size());
  return result;
}

#endif

/// By byte: its two digits.
constexpr auto digit_pairs = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {digits[byte >> 4U], digits[byte & 0x0FU]};
  return pairs;
}();

/// Where the digits of each byte stand, between the dashes.
constexpr std::array<std::uint8_t, sizeof(UuidBytes)> places = {0,  2,  4,  6,  9,  11, 14, 16,
                                                                19, 21, 24, 26, 28, 30, 32, 34};

}  // namespace

std::string make_uuid() {
  UuidBytes bytes = random_bytes();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);  // variant of RFC 9562

  std::string text(36, '-');
  char* const out = text.data();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    std::memcpy(out + places[i], digit_pairs[bytes[i]].data(), 2);
  return text;
}

}  // namespace async_http_pool
