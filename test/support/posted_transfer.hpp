#pragma once

#include "agent/agent.hpp"
#include "agent/posted_order.hpp"
#include "agent/selector_factory.hpp"
#include "agent/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

/// Answers all requests, without the network.
class InstantAnswer final : public TransferDouble {
 public:
  explicit InstantAnswer(CannedAnswer answer = {})
      : answer_(std::make_shared<const CannedAnswer>(std::move(answer))) {}
  std::shared_ptr<const CannedAnswer> answer_to(const Request&, std::string_view) override {
    return answer_;
  }
  std::unique_ptr<TransferTap> tap(const Request&) override { return nullptr; }

 private:
  const std::shared_ptr<const CannedAnswer> answer_;  // shared with the orders
};

/// An agent without the network, which ends by itself when a test goes wrong.
class AnsweringAgent {
 public:
  explicit AnsweringAgent(CannedAnswer answer, std::unique_ptr<Selector> selector =
                                                   make_selector(SelectorKind::automatic))
      : agent(configuration_, std::move(selector),
              std::make_shared<InstantAnswer>(std::move(answer))) {
    agent.stop_at(SteadyClock::now() + std::chrono::seconds(20));
  }

 private:
  const Configuration configuration_;

 public:
  Agent agent;
};

/// An order for an agent, and what its listener hears of it.
class PostedTransfer final : public TransferListener {
 public:
  /// `origin` must outlive it.
  explicit PostedTransfer(std::shared_ptr<TransferRemote> remote = nullptr,
                          std::string_view origin = "http://127.0.0.1:1")
      : order(TransferOrder{.request = Request::get("http://127.0.0.1:1/").build(),
                            .origin = origin,
                            .request_id = "id",
                            .timeout = std::chrono::seconds(60),
                            .deadline = TimePoint::max(),
                            .remote = std::move(remote)},
              *this) {}

  void on_transfer_started() noexcept override {
    ++started;
    if (when_started) when_started();
  }
  void on_transfer_done(TransferResult&& result) noexcept override {
    ++done;
    status = result.failure ? 0 : result.status;
    if (result.failure) failure = result.failure->code;
    if (when_ended) when_ended();
  }
  void on_transfer_given_back() noexcept override {
    ++given_back;
    if (when_ended) when_ended();  // may destroy this
  }
  [[nodiscard]] int ended() const noexcept { return done + given_back; }

  PostedOrder order;
  std::function<void()> when_started;
  std::function<void()> when_ended;
  int started = 0;
  int done = 0;
  int given_back = 0;
  int status = 0;  ///< of the response; 0: none
  std::optional<ErrorCode> failure;
};

}  // namespace async_http_pool::test
