#pragma once

#include <async_http_pool/body_source.hpp>
#include "base/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace async_http_pool {

/// The bounded buffer between a `BodyWriter` and the request that sends what it writes. The writer
/// waits for room; the reader, an agent, never waits: it is told when there are bytes again.
/// any-thread
class BodyWriter::Pipe final : public BodySource {
 public:
  /// Throws `std::bad_alloc`.
  explicit Pipe(const BodyWriterOptions& options);

  // The writer's:

  /// Waits for room until `deadline`. Returns how many bytes went in. Throws `std::logic_error`
  /// when it is finished.
  [[nodiscard]] std::size_t write(std::string_view bytes, TimePoint deadline);
  [[nodiscard]] bool is_wanted() const noexcept;
  void finish();
  /// Does nothing once it is finished.
  void fail(std::exception_ptr cause) noexcept;

  // The request's:

  [[nodiscard]] std::optional<std::size_t> read(std::span<char> buffer) override;
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  [[nodiscard]] bool rewind() override;
  void set_notify(std::function<void()> notify) override;
  void close() noexcept override;

 private:
  using Notify = std::shared_ptr<const std::function<void()>>;
  enum class End { open, finished, failed };

  // With `mutex_` held:
  [[nodiscard]] bool takes_bytes() const noexcept { return end_ == End::open && !is_closed_; }
  [[nodiscard]] std::size_t append(std::string_view bytes) noexcept;
  [[nodiscard]] std::size_t take(std::span<char> buffer) noexcept;
  /// What to call, without the mutex, because the reader found nothing the last time; or null.
  [[nodiscard]] Notify reader_to_wake() noexcept;

  const std::size_t capacity_;
  const std::optional<std::uint64_t> size_;
  const std::unique_ptr<char[]> buffer_;  // a ring

  mutable std::mutex mutex_;
  std::condition_variable room_;
  // All guarded by mutex_:
  std::uint64_t written_ = 0;  // in all; its place in the ring is the remainder
  std::uint64_t read_ = 0;
  End end_ = End::open;
  bool is_closed_ = false;
  bool reader_waits_ = false;
  std::exception_ptr cause_;
  Notify notify_;  // shared with calls that are under way
};

}  // namespace async_http_pool
