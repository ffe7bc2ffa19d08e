#pragma once

#include "support/outcome.hpp"
#include "support/patience.hpp"

#include <async_http_pool/task_handler.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace async_http_pool::test {

/// A handler for one task or many that keeps what it was told. Any thread.
class RecordingHandler final : public TaskHandler {
 public:
  void on_complete(const Response& response, std::string_view callback) override;
  void on_error(const Error& error, std::string_view callback) override;
  void retry() override;

  /// Whether `count` outcomes or more have come; false when `timeout` is over.
  [[nodiscard]] bool wait_for(std::size_t count,
                              std::chrono::milliseconds timeout = patience) const;
  /// In the order in which they came.
  [[nodiscard]] std::vector<Outcome> outcomes() const;
  /// The only outcome, waited for. Throws `std::logic_error` when there is none in time.
  [[nodiscard]] Outcome outcome(std::chrono::milliseconds timeout = patience) const;

  [[nodiscard]] std::size_t response_count() const;
  [[nodiscard]] std::size_t error_count() const;
  [[nodiscard]] std::size_t retry_count() const;

 private:
  void add(Outcome outcome);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Outcome> outcomes_;  // guarded by mutex_
};

}  // namespace async_http_pool::test
