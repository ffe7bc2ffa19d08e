#pragma once

#include "base/intrusive_list.hpp"
#include "exchange/exchange.hpp"
#include "pool/agent_pool.hpp"
#include "processor/task_body.hpp"

#include <async_http_pool/request_task.hpp>

#include <exception>
#include <memory>
#include <string_view>

namespace async_http_pool {

class PendingTask;

/// What pending tasks tell their processor. agent-thread
class PendingTaskHost {
 public:
  virtual void on_request_started(PendingTask& pending, const RequestTask& task) noexcept = 0;
  virtual void on_request_ended(PendingTask& pending, const RequestTask& task) noexcept = 0;
  virtual void on_request_failed(const RequestTask& task, const Error& error) noexcept = 0;
  /// Runs a callback of the application: times it, contains what it throws. `name` is for the log.
  using Callback = void (*)(const RequestTask& task, const void* outcome);
  virtual void run_callback(const RequestTask& task, std::string_view name, Callback callback,
                            const void* outcome) noexcept = 0;

 protected:
  ~PendingTaskHost() = default;
};

/// An accepted task: its exchange and its place among the `max_connections`. Ends itself after the
/// one call of its handler.
class PendingTask final : public ListNode<PendingTask>, private ExchangeListener {
 public:
  PendingTask(PendingTaskHost& host, Slot slot, RequestTask&& task, AgentPool& pool);

  /// See `Exchange::start`. After true it belongs to itself.
  [[nodiscard]] bool start() { return exchange_.start(); }
  [[nodiscard]] RequestTask& task() noexcept { return exchange_.task(); }

 private:
  void on_hop_started(const RequestTask& task) noexcept override;
  void on_hop_redirected(const RequestTask& task) noexcept override;
  void on_response(const RequestTask& task, const Response& response) noexcept override;
  void on_error(const RequestTask& task, const Error& error) noexcept override;
  void on_given_back(const RequestTask& task) noexcept override;
  BodySink* on_final_head(int status, const Headers& headers) noexcept override;
  void on_stream_started(const RequestTask& task, TransferHead&& head) noexcept override;
  void on_stream_bytes(const RequestTask& task) noexcept override;
  void on_stream_ended(const RequestTask& task, const Headers& trailers,
                       const Metrics& metrics) noexcept override;
  void hand_over(const RequestTask& task, std::string_view bytes) noexcept;
  void stop_body(std::exception_ptr reason) noexcept;
  void report_failed_body(const RequestTask& task, const Metrics& metrics) noexcept;
  void report_error(const RequestTask& task, const Error& error) noexcept;
  void end(const RequestTask& task) noexcept;

  const Slot slot_;  // first, so that it is given back last, when the handler is gone
  PendingTaskHost& host_;
  const std::unique_ptr<TaskBody> body_;  // null: it comes with the response
  Exchange exchange_;
  bool is_under_way_ = false;  // not is_linked(): its neighbours' threads write to the links
};

}  // namespace async_http_pool
