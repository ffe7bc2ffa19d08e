#pragma once

#include "support/patience.hpp"

#include <async_http_pool/task_handler.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace async_http_pool::test {

/// Counts, for many tasks, how often each of the three ends was reported, to prove "exactly one".
/// Any thread.
class OutcomeLedger : public std::enable_shared_from_this<OutcomeLedger> {
 public:
  struct Counts {
    std::size_t completed = 0;
    std::size_t failed = 0;
    std::size_t given_back = 0;

    [[nodiscard]] std::size_t total() const noexcept { return completed + failed + given_back; }
  };

  /// A ledger lives in a `shared_ptr`, which its handlers share.
  [[nodiscard]] static std::shared_ptr<OutcomeLedger> create();

  /// A handler that reports to this ledger under `id`.
  [[nodiscard]] std::shared_ptr<TaskHandler> handler(std::string id);

  /// Whether `count` outcomes or more were reported; false when `timeout` is over.
  [[nodiscard]] bool wait_for(std::size_t count,
                              std::chrono::milliseconds timeout = patience) const;
  /// Of all ids together.
  [[nodiscard]] Counts totals() const;
  [[nodiscard]] Counts counts(const std::string& id) const;
  /// Empty when each of `ids` has exactly one outcome and no other id has any, else what is wrong.
  [[nodiscard]] std::string check_exactly_once(const std::vector<std::string>& ids) const;

 private:
  class Handler;
  OutcomeLedger() = default;
  void report(const std::string& id, std::size_t Counts::*kind);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Counts> counts_;  // guarded by mutex_
  Counts totals_;                         // guarded by mutex_
};

}  // namespace async_http_pool::test
