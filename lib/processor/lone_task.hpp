#pragma once

#include "agent/agent.hpp"
#include "agent/selector.hpp"
#include "exchange/exchange.hpp"

#include <async_http_pool/synchronous_executor.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace async_http_pool {

/// A task on the calling thread: with an agent of its own, which ends with it. Calls nothing of the
/// application's. One thread at a time.
class LoneTask final : private ExchangeListener {
 public:
  /// `configuration` and `retry_budget` must outlive it. The deadline starts to run. Throws like
  /// `Agent`.
  LoneTask(RequestTask task, const Configuration& configuration, RetryBudget& retry_budget,
           std::unique_ptr<Selector> selector);

  /// Once. An agent that fails is an outcome too. Throws like `Transport::submit`, and
  /// `std::bad_alloc` when there is no memory for the outcome.
  [[nodiscard]] TaskOutcome run();

 private:
  void on_hop_started(const RequestTask&) noexcept override {}
  void on_hop_redirected(const RequestTask&) noexcept override {}
  void on_response(const RequestTask& task, const Response& response) noexcept override;
  void on_error(const RequestTask& task, const Error& error) noexcept override;
  void on_given_back(const RequestTask& task) noexcept override;
  template <typename Result>
  void end(const Result& result) noexcept;

  Agent agent_;
  Exchange exchange_;
  std::optional<TaskOutcome> outcome_;
  std::exception_ptr failure_;  // to keep the outcome
};

}  // namespace async_http_pool
