#pragma once

#include <async_http_pool/streaming_response.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace async_http_pool {

/// Ends the transfer of `response` and throws what its readers say of an item, a `name`, of more
/// than `bytes_max` bytes.
[[noreturn]] void refuse_large_item(StreamingResponse& response, std::string_view name,
                                    std::size_t bytes_max);

/// Reads the body of a response as items that need not end where its pieces do: what the readers of
/// event streams and of JSON lines have in common. One thread at a time.
///
/// `Items` takes them apart:
///   Item                                     the type of an item
///   std::optional<Item> next(string_view&)   the next item, taken off what was read; none when
///                                            that took all of it and needs more
///   std::optional<Item> last()               what the end of the body makes an item
///   bool is_too_large()                      whether that is why there is none
///   std::size_t bytes_max()                  the bound
///   name                                     what messages call an item
/// `Response` is another one in tests only.
template <typename Items, typename Response = StreamingResponse>
class PiecewiseReader {
 public:
  using Item = typename Items::Item;

  PiecewiseReader(Response response, Items items)
      : response_(std::move(response)), items_(std::move(items)) {}

  [[nodiscard]] Response& response() noexcept { return response_; }
  [[nodiscard]] const Items& items() const noexcept { return items_; }

  /// Waits for the next item; none at the end.
  [[nodiscard]] std::optional<Item> next() {
    (void)advance([this] { return std::optional(response_.body().read(piece_)); });
    return std::exchange(item_, std::nullopt);
  }

  // The same for awaiters, which call these in turn.

  /// Whether `take` has the next item, the end or an error already.
  [[nodiscard]] bool is_ready() noexcept {
    try {
      return advance(
          [this] { return response_.body().read_for(piece_, std::chrono::milliseconds(0)); });
    } catch (...) {
      failure_ = std::current_exception();
      return true;
    }
  }
  /// Whether `coroutine` has to wait: it is resumed once, then, when `take` has something.
  [[nodiscard]] bool suspend(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    return !watch();
  }
  [[nodiscard]] std::optional<Item> take() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return std::exchange(item_, std::nullopt);
  }

 private:
  enum class Turn { asking, waiting, called };

  /// Reads with `read` until an item or the end is there; false when `read` gives nothing.
  template <typename Read>
  [[nodiscard]] bool advance(Read read) {
    for (;;) {
      item_ = items_.next(unread_);
      if (item_) return true;
      if (items_.is_too_large()) refuse_large_item(response_, Items::name, items_.bytes_max());
      const std::optional<std::size_t> size = read();
      if (!size) return false;
      if (*size == 0) {
        item_ = items_.last();
        return true;
      }
      unread_ = std::string_view(piece_.data(), *size);
    }
  }

  /// Has `on_readable` called when there is more; true when `take` has something before that.
  ///
  /// The call may come at once, inside `when_readable`, or on another thread before that returns.
  /// `turn_` tells the two apart which of them goes on: so nothing nests, however many pieces are
  /// there already, and nobody touches this reader once another thread may have destroyed it.
  [[nodiscard]] bool watch() noexcept {
    do {
      if (is_ready()) return true;
      turn_.store(Turn::asking, std::memory_order_relaxed);
      try {
        response_.body().when_readable([this] {
          if (turn_.exchange(Turn::called, std::memory_order_acq_rel) == Turn::waiting) {
            on_readable();
          }
        });
      } catch (...) {
        failure_ = std::current_exception();
        return true;
      }
    } while (turn_.exchange(Turn::waiting, std::memory_order_acq_rel) == Turn::called);
    return false;
  }

  void on_readable() noexcept {
    if (watch()) coroutine_.resume();
  }

  Response response_;
  Items items_;
  std::array<char, 16384> piece_;
  std::string_view unread_;  // of piece_
  std::optional<Item> item_;
  std::exception_ptr failure_;
  std::coroutine_handle<> coroutine_;  // that waits
  std::atomic<Turn> turn_{Turn::asking};
};

}  // namespace async_http_pool
