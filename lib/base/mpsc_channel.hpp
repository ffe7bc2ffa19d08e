#pragma once

#include <atomic>
#include <utility>

namespace async_http_pool {

/// What a message of an `MpscChannel` derives from. A message is in one channel at most.
class MpscNode {
 public:
  MpscNode() noexcept = default;
  MpscNode(const MpscNode&) = delete;
  MpscNode& operator=(const MpscNode&) = delete;

 private:
  template <typename>
  friend class MpscChannel;
  template <typename>
  friend class MpscBatch;
  MpscNode* next_ = nullptr;
};

/// Messages taken from a channel, oldest first. Does not own them: take them all out.
template <typename Message>
class MpscBatch {
 public:
  MpscBatch() noexcept = default;
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  /// The next message, null at the end.
  Message* pop() noexcept {
    MpscNode* node = first_;
    if (node == nullptr) return nullptr;
    first_ = std::exchange(node->next_, nullptr);
    return static_cast<Message*>(node);
  }

 private:
  template <typename>
  friend class MpscChannel;
  explicit MpscBatch(MpscNode* first) noexcept : first_(first) {}
  MpscNode* first_ = nullptr;
};

enum class PostResult {
  posted,             ///< the consumer is awake and will see it
  posted_to_sleeper,  ///< the consumer sleeps, and this poster is the one to wake it
  closed              ///< refused; the message still belongs to the caller
};

/// A lock-free channel of many producers and one consumer. Intrusive: posting allocates nothing.
///
/// One atomic decides everything. It holds the newest message, or one of three marks: null (empty,
/// the consumer is awake), asleep (empty, the consumer sleeps or is about to) and closed. A
/// producer puts its message on top; the consumer takes the whole stack at once and turns it round.
/// Because the mark of the sleeper is replaced by the very operation that posts, exactly one
/// producer learns that it has to wake the consumer, and no message can be posted between "is it
/// empty?" and "I sleep".
///
/// No ABA problem: producers only ever push, and a push is right whatever happened to the old top.
template <typename Message>
class MpscChannel {
 public:
  using Batch = MpscBatch<Message>;

  MpscChannel() noexcept = default;
  MpscChannel(const MpscChannel&) = delete;
  MpscChannel& operator=(const MpscChannel&) = delete;

  /// any-thread. After anything but `closed` the message belongs to the consumer and may be gone
  /// already.
  [[nodiscard]] PostResult post(Message& message) noexcept {
    MpscNode& node = message;
    MpscNode* top = top_.load(std::memory_order_relaxed);
    do {
      if (top == &closed_) {
        node.next_ = nullptr;
        return PostResult::closed;
      }
      node.next_ = top == &asleep_ ? nullptr : top;
    } while (!top_.compare_exchange_weak(top, &node, std::memory_order_release,
                                         std::memory_order_relaxed));
    return top == &asleep_ ? PostResult::posted_to_sleeper : PostResult::posted;
  }

  // --- The consumer's side: one thread ---

  /// All messages posted so far, in the order of posting. Ends a sleep.
  [[nodiscard]] Batch take() noexcept {
    const MpscNode* top = top_.load(std::memory_order_relaxed);
    if (top == nullptr || top == &closed_) return Batch();  // a look must not open it again
    return reversed(top_.exchange(nullptr, std::memory_order_acquire));
  }

  /// Says that the consumer is going to sleep: the next post will be told to wake it. False when
  /// there are messages: do not sleep.
  [[nodiscard]] bool fall_asleep() noexcept {
    MpscNode* expected = nullptr;
    return top_.compare_exchange_strong(expected, &asleep_, std::memory_order_relaxed);
  }

  /// Takes back `fall_asleep`, when the consumer woke up by itself: posts need not wake it.
  void stay_awake() noexcept {
    MpscNode* expected = &asleep_;
    top_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed);
  }

  /// Refuses all further posts and returns what was posted before.
  [[nodiscard]] Batch close() noexcept {
    return reversed(top_.exchange(&closed_, std::memory_order_acquire));
  }

  /// Opens a closed channel again.
  void reopen() noexcept {
    MpscNode* expected = &closed_;
    top_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed);
  }

 private:
  Batch reversed(MpscNode* top) noexcept {
    if (top == &asleep_ || top == &closed_) return Batch();
    MpscNode* first = nullptr;
    while (top != nullptr) {
      MpscNode* next = std::exchange(top->next_, first);
      first = std::exchange(top, next);
    }
    return Batch(first);
  }

  MpscNode asleep_;
  MpscNode closed_;
  alignas(64) std::atomic<MpscNode*> top_ = nullptr;
};

}  // namespace async_http_pool
