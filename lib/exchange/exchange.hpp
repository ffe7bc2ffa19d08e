#pragma once

#include "agent/transport.hpp"
#include "base/clock.hpp"
#include "config/effective_options.hpp"
#include "exchange/retry_budget.hpp"
#include "exchange/retry_policy.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/error.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace async_http_pool {

/// Learns how an exchange goes. agent-thread
class ExchangeListener {
 public:
  /// A request goes out: the task's own, then one for each redirect, with a task of its own.
  virtual void on_hop_started(const RequestTask& task) noexcept = 0;
  /// It led to a redirect that is followed now.
  virtual void on_hop_redirected(const RequestTask& task) noexcept = 0;
  // Then exactly one of these, last; for a hop that was started or not. The exchange may be
  // destroyed in it.
  virtual void on_response(const RequestTask& task, const Response& response) noexcept = 0;
  virtual void on_error(const RequestTask& task, const Error& error) noexcept = 0;
  virtual void on_given_back(const RequestTask& task) noexcept = 0;

 protected:
  ~ExchangeListener() = default;
};

/// One logical request, from its first byte to its outcome: follows redirects, retries, turns
/// responses into errors where that is asked for, all within one deadline. Decides by pure
/// functions (redirect_policy, retry_policy).
class Exchange final : private TransferListener {
 public:
  /// All but `task` must outlive it. The deadline starts to run. Exchanges that share a
  /// `retry_budget` keep each other from retrying too much.
  Exchange(RequestTask task, const Configuration& configuration, Transport& transport,
           RetryBudget& retry_budget, ExchangeListener& listener);

  /// any-thread, once. False when the transport is closed: the listener will not hear of it. Throws
  /// like `Transport::submit`, and `std::invalid_argument` for a URL above `max_url_size`.
  /// Otherwise the agent's thread may have destroyed the exchange before this returns.
  [[nodiscard]] bool start();

  [[nodiscard]] RequestTask& task() noexcept { return task_; }

 private:
  [[nodiscard]] bool submit(TimePoint start_at);
  void submit_or_give_back(TimePoint start_at);
  void on_transfer_started() noexcept override;
  void on_transfer_done(TransferResult result) noexcept override;
  void on_transfer_given_back() noexcept override;

  void decide(TransferResult&& result);
  /// Keeps what `attempt` cost, and what it all did until now.
  void note_metrics(Metrics attempt) noexcept;
  [[nodiscard]] Metrics::Microseconds age() const noexcept;
  void handle_failure(const TransferFailure& failure, bool has_response_bytes);
  void handle_response(TransferResult&& result);
  enum class RetryCost { budget, none };
  /// Whether another attempt is made, which is the last thing then.
  [[nodiscard]] bool try_again(std::optional<Milliseconds> delay, RetryCost cost);
  [[nodiscard]] RetrySituation retry_situation() const noexcept;
  void count_request(TimePoint now) noexcept;
  void deliver(TransferResult&& result);
  /// Null when cookies are neither sent nor kept.
  [[nodiscard]] CookieJar* cookie_jar() const noexcept;
  void keep_cookies(const TransferResult& result);
  void follow(Request next);
  void fail(ErrorType type, ErrorCode code, std::string message);
  [[nodiscard]] ErrorContext error_context() const;
  [[nodiscard]] EffectiveOptions options() const noexcept;
  [[nodiscard]] int redirects_max() const noexcept;

  RequestTask task_;
  std::string origin_;  // of its URL
  const Configuration& configuration_;
  Transport& transport_;
  RetryBudget& retry_budget_;
  ExchangeListener& listener_;
  const TimePoint enqueued_at_;
  const TimePoint deadline_;
  TimePoint hop_started_at_{};
  int retries_made_ = 0;
  RetryBudget::Reservation waiting_retry_;
  bool is_hop_started_ = false;
  bool is_expectation_refused_ = false;  // by the server of this hop
  Metrics metrics_;
};

}  // namespace async_http_pool
