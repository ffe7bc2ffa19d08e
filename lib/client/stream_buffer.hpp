#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace async_http_pool {

/// Bytes between one writer and one reader, in a ring that grows as it must. Its owner locks each
/// call; but the room that was claimed is filled, and what a view shows is read, without the lock.
class StreamBuffer {
 public:
  /// Where bytes lie: the second part, at the start of the ring, behind the first.
  template <typename Part>
  struct Parts {
    Part first = {};
    Part second = {};
  };
  using Room = Parts<std::span<char>>;
  using View = Parts<std::string_view>;

  StreamBuffer() noexcept = default;
  /// Has these bytes to be read, which must outlive it, and takes no others.
  explicit StreamBuffer(std::string_view bytes) noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept {
    return static_cast<std::size_t>(written_ - consumed_);
  }
  /// Since the start.
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }
  [[nodiscard]] std::uint64_t consumed() const noexcept { return consumed_; }

  /// Room for `count` bytes, for which the ring grows if it must: by doubling, up to `capacity` or
  /// to what is needed. Throws `std::bad_alloc`.
  [[nodiscard]] Room claim(std::size_t count, std::size_t capacity);
  /// The first `count` bytes of the room that was claimed are filled.
  void commit(std::size_t count) noexcept { written_ += count; }

  [[nodiscard]] View view() const noexcept;
  /// Keeps what a view shows where it is, also when the ring grows.
  [[nodiscard]] const std::shared_ptr<const char[]>& storage() const noexcept { return storage_; }
  void consume(std::size_t count) noexcept { consumed_ += count; }

 private:
  void grow(std::size_t size);

  std::shared_ptr<const char[]> storage_;  // shared with a view
  char* ring_ = nullptr;                   // the same, for the writer
  std::size_t size_ = 0;
  std::uint64_t origin_ = 0;  // the number of the byte that lies at the start, in the first round
  std::uint64_t written_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace async_http_pool
