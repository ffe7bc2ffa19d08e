#pragma once

#include "agent/posted_order.hpp"
#include "agent/transport.hpp"
#include "base/clock.hpp"
#include "config/effective_options.hpp"
#include "exchange/redirect_policy.hpp"
#include "exchange/retry_budget.hpp"
#include "exchange/retry_policy.hpp"
#include "request/source_claim.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/error.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace async_http_pool {

/// Learns how an exchange goes. agent-thread
class ExchangeListener {
 public:
  /// A request goes out: the task's own, then one for each redirect, with a task of its own.
  virtual void on_hop_started(const RequestTask& task) noexcept = 0;
  /// It led to a redirect that is followed now.
  virtual void on_hop_redirected(const RequestTask& task) noexcept = 0;
  // Only for exchanges that stream:
  /// Inside a libcurl callback: calls nothing of the application's. The final response is there;
  /// what its body goes into. Null: it is collected, and comes with `on_response`.
  virtual BodySink* on_final_head(int status, const Headers& headers) noexcept {
    static_cast<void>(status);
    static_cast<void>(headers);
    return nullptr;
  }
  /// Soon after it, with the metrics of the request so far.
  virtual void on_stream_started(const RequestTask& task, TransferHead&& head) noexcept {
    static_cast<void>(task);
    static_cast<void>(head);
  }
  /// The sink got bytes.
  virtual void on_stream_bytes(const RequestTask& task) noexcept { static_cast<void>(task); }
  /// Bytes of the bodies that went and came, before decoding; only with `wants_progress`.
  virtual void on_progress(std::uint64_t bytes_sent, std::uint64_t bytes_received) noexcept {
    static_cast<void>(bytes_sent);
    static_cast<void>(bytes_received);
  }

  // Then exactly one of these, last; for a hop that was started or not. The exchange may be
  // destroyed in it.
  /// A response that went into a sink is complete.
  virtual void on_stream_ended(const RequestTask& task, const Headers& trailers,
                               const Metrics& metrics) noexcept {
    static_cast<void>(task);
    static_cast<void>(trailers);
    static_cast<void>(metrics);
  }
  virtual void on_response(const RequestTask& task, const Response& response) noexcept = 0;
  virtual void on_error(const RequestTask& task, const Error& error) noexcept = 0;
  virtual void on_given_back(const RequestTask& task) noexcept = 0;

 protected:
  ~ExchangeListener() = default;
};

struct ExchangeOptions {
  bool streams_body = false;      ///< the final response goes into a sink, see `on_final_head`
  bool can_be_cancelled = false;  ///< has a `remote`, as those that stream have anyway
  bool wants_progress = false;
};

/// One logical request, from its first byte to its outcome: follows redirects, retries, turns
/// responses into errors where that is asked for, all within one deadline. Decides by pure
/// functions (redirect_policy, retry_policy).
class Exchange final : private TransferListener {
 public:
  /// All but `task` must outlive it. The deadline starts to run. Exchanges that share a
  /// `retry_budget` keep each other from retrying too much.
  Exchange(RequestTask&& task, const Configuration& configuration, Transport& transport,
           RetryBudget& retry_budget, ExchangeListener& listener, ExchangeOptions options = {});

  /// any-thread, once. False when the transport is closed: the listener will not hear of it. Throws
  /// like `Transport::submit`, and `std::invalid_argument` for a URL above `max_url_size`.
  /// Otherwise the agent's thread may have destroyed the exchange before this returns.
  [[nodiscard]] bool start();

  [[nodiscard]] RequestTask& task() noexcept { return task_; }
  /// What others can do to it; null unless it streams, one way or the other.
  [[nodiscard]] const std::shared_ptr<TransferRemote>& remote() const noexcept { return remote_; }

 private:
  [[nodiscard]] bool submit(TimePoint start_at);
  void submit_or_give_back(TimePoint start_at);
  [[nodiscard]] TimePoint stream_deadline(std::chrono::milliseconds timeout) const noexcept;
  void on_transfer_started() noexcept override;
  BodySink* on_head(int status, const Headers& headers) noexcept override;
  void on_stream_started(TransferHead&& head) noexcept override;
  void on_stream_bytes() noexcept override;
  void on_transfer_progress(std::uint64_t bytes_sent,
                            std::uint64_t bytes_received) noexcept override;
  void on_transfer_done(TransferResult&& result) noexcept override;
  void on_transfer_given_back() noexcept override;

  void decide(TransferResult&& result);
  /// Keeps what `attempt` cost, and what it all did until now.
  void note_metrics(Metrics&& attempt, TimePoint now) noexcept;
  [[nodiscard]] Metrics::Microseconds age(TimePoint now) const noexcept;
  void handle_failure(const TransferFailure& failure, bool has_response_bytes);
  void handle_response(TransferResult&& result);
  void end_stream(TransferResult&& result);
  /// Whether nothing follows a response but its body.
  [[nodiscard]] bool is_final(int status, const Headers& headers) const;
  [[nodiscard]] bool raises_for(int status) const noexcept;
  [[nodiscard]] std::optional<Milliseconds> decide_retry_of(int status,
                                                            const Headers& headers) const;
  [[nodiscard]] RedirectDecision decide_redirect_of(int status, const Headers& headers) const;
  enum class RetryCost { budget, none };
  /// Whether another attempt is made, which is the last thing then.
  [[nodiscard]] bool try_again(std::optional<Milliseconds> delay, RetryCost cost);
  [[nodiscard]] RetrySituation retry_situation() const noexcept;
  void count_request(TimePoint now) noexcept;
  void deliver(TransferResult&& result);
  /// Null when cookies are neither sent nor kept.
  [[nodiscard]] CookieJar* cookie_jar() const noexcept;
  void keep_cookies(const Headers& headers, const std::vector<std::string>& earlier_cookies);
  void follow_if_possible(Request next);
  void follow(Request next);
  void fail(TransferFailure failure);
  [[nodiscard]] ErrorContext error_context() const;
  [[nodiscard]] EffectiveOptions options() const noexcept;
  [[nodiscard]] int redirects_max() const noexcept;

  RequestTask task_;
  const Configuration& configuration_;
  Transport& transport_;
  RetryBudget& retry_budget_;
  ExchangeListener& listener_;
  const ExchangeOptions stream_options_;
  std::optional<PostedOrder> order_;        // of the last attempt: the transport's to read
  std::shared_ptr<TransferRemote> remote_;  // shared with readers, which may outlive it
  SourceClaim source_claim_;                // for remote_
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
