#pragma once

#include "exchange/exchange.hpp"
#include "support/outcome.hpp"
#include "support/recording_handler.hpp"
#include "support/scripted_transport.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace async_http_pool::test {

/// One exchange over a scripted transport, and what it tells its listener: "started <id>",
/// "redirected <id>", "response <id>", "error <id>", "given back <id>". The exchange is destroyed
/// inside its outcome, as the processor does it.
class ScriptedExchange final : private ExchangeListener {
 public:
  using Events = std::vector<std::string>;

  explicit ScriptedExchange(Request request, const Configuration& configuration = {},
                            TaskOptions options = {.raise_error_responses = {}, .id = "id"},
                            ExchangeOptions stream_options = {})
      : configuration_(configuration), made_after_(SteadyClock::now()) {
    RequestTask task(std::move(request), std::make_shared<RecordingHandler>(), "callback",
                     CallbackArgs{{"k", 1}}, std::move(options));
    exchange_ = std::make_unique<Exchange>(std::move(task), configuration_, transport, retry_budget,
                                           static_cast<ExchangeListener&>(*this), stream_options);
    made_before_ = SteadyClock::now();
  }

  /// One whose final response goes into `streamed`.
  static ScriptedExchange streaming(Request request, const Configuration& configuration = {}) {
    return ScriptedExchange(std::move(request), configuration,
                            {.raise_error_responses = {}, .id = "id"}, {.streams_body = true});
  }

  [[nodiscard]] bool start() { return exchange_->start(); }
  /// Starts it and its first transfer.
  void begin() {
    if (!start()) throw std::logic_error("the transport is closed");
    transport.start();
  }

  [[nodiscard]] const Events& events() const noexcept { return events_; }
  [[nodiscard]] const Outcome& outcome() const { return outcome_.value(); }
  /// The bytes that went into the sink.
  [[nodiscard]] const std::string& streamed() const noexcept { return sink_.bytes; }
  [[nodiscard]] const TransferHead& head() const { return head_.value(); }
  [[nodiscard]] const std::shared_ptr<TransferRemote>& remote() const {
    return exchange_->remote();
  }
  [[nodiscard]] bool has_outcome() const noexcept { return outcome_.has_value(); }
  /// The tasks that `events` speak of.
  [[nodiscard]] const std::vector<RequestTask>& tasks() const noexcept { return tasks_; }
  [[nodiscard]] const Headers& trailers() const noexcept { return trailers_; }
  [[nodiscard]] const Metrics& metrics() const noexcept { return metrics_; }
  /// Whether `deadline` is `timeout` after the exchange was made.
  [[nodiscard]] bool is_deadline(TimePoint deadline, std::chrono::milliseconds timeout) const {
    return deadline >= made_after_ + timeout && deadline <= made_before_ + timeout;
  }

  ScriptedTransport transport;
  RetryBudget retry_budget{{.percent = 20, .floor = 10}};

 private:
  struct Sink final : BodySink {
    bool write(std::string_view piece) override {
      bytes += piece;
      return true;
    }
    std::string bytes;
  };

  void on_hop_started(const RequestTask& task) noexcept override { note("started", task); }
  void on_hop_redirected(const RequestTask& task) noexcept override { note("redirected", task); }
  void on_response(const RequestTask& task, const Response& response) noexcept override {
    end("response", task, response);
  }
  void on_error(const RequestTask& task, const Error& error) noexcept override {
    end("error", task, std::shared_ptr<const Error>(error.clone()));
  }
  void on_given_back(const RequestTask& task) noexcept override {
    end("given back", task, Outcome::GivenBack());
  }
  BodySink* on_final_head(int status, const Headers& headers) noexcept override {
    static_cast<void>(headers);
    events_.push_back("head " + std::to_string(status));
    return &sink_;
  }
  void on_stream_started(const RequestTask& task, TransferHead&& head) noexcept override {
    note("stream", task);
    head_ = std::move(head);
  }
  void on_stream_bytes(const RequestTask& task) noexcept override { note("bytes", task); }
  void on_stream_ended(const RequestTask& task, const Headers& trailers,
                       const Metrics& metrics) noexcept override {
    note("end", task);
    trailers_ = trailers;
    metrics_ = metrics;
    exchange_.reset();
  }
  void note(const char* what, const RequestTask& task) {
    events_.push_back(std::string(what) + " " + task.id());
    tasks_.push_back(task);
  }
  void end(const char* what, const RequestTask& task, Outcome::Result result) {
    note(what, task);
    outcome_.emplace(std::move(result), task.callback());
    exchange_.reset();
  }

  const Configuration configuration_;
  const TimePoint made_after_;
  TimePoint made_before_;
  std::unique_ptr<Exchange> exchange_;
  Events events_;
  std::vector<RequestTask> tasks_;
  std::optional<Outcome> outcome_;
  Sink sink_;
  std::optional<TransferHead> head_;
  Headers trailers_;
  Metrics metrics_;
};

}  // namespace async_http_pool::test
