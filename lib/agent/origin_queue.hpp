#pragma once

#include "base/intrusive_list.hpp"

#include <cstdint>
#include <limits>

namespace async_http_pool {

/// The transfers of one origin that may go on at a time, and those that wait for their turn, first
/// come first served. Nothing is allocated; a transfer is entered by what it derives from. A value
/// but for the list. agent-thread
class OriginQueue {
 public:
  /// As many slots as this: all may go on.
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

  /// One transfer in the queue, or past it.
  class Entry : public ListNode<Entry> {
   public:
    /// Whether its turn has come.
    [[nodiscard]] bool has_slot() const noexcept { return has_slot_; }

   protected:
    ~Entry() = default;

   private:
    friend class OriginQueue;
    bool has_slot_ = false;
  };

  /// A transfer comes: it has a slot at once, or waits.
  void enter(Entry& entry, std::int64_t slots) noexcept {
    if (waiting_.empty() && taken_ < slots) {
      take_slot(entry);
    } else {
      waiting_.push_back(entry);
    }
  }
  /// The first of those that wait, with a slot now; null when none is free or nobody waits. The
  /// number of slots may have changed since it came.
  [[nodiscard]] Entry* admit_next(std::int64_t slots) noexcept {
    if (waiting_.empty() || taken_ >= slots) return nullptr;
    Entry* const entry = waiting_.pop_front();
    take_slot(*entry);
    return entry;
  }
  /// It is over, or need not wait any more. In no list of another's.
  void leave(Entry& entry) noexcept {
    if (!entry.has_slot_) {
      waiting_.remove(entry);
      return;
    }
    entry.has_slot_ = false;
    --taken_;
  }

  /// Those that have a slot.
  [[nodiscard]] std::int64_t under_way() const noexcept { return taken_; }
  [[nodiscard]] bool has_waiting() const noexcept { return !waiting_.empty(); }

 private:
  void take_slot(Entry& entry) noexcept {
    entry.has_slot_ = true;
    ++taken_;
  }

  std::int64_t taken_ = 0;
  IntrusiveList<Entry> waiting_;
};

}  // namespace async_http_pool
