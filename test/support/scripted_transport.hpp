#pragma once

#include "agent/posted_order.hpp"
#include "agent/transfer_remote.hpp"
#include "agent/transport.hpp"
#include "request/body_source_use.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace async_http_pool::test {

/// A transport without sockets: keeps what it is ordered, and a test completes the last order by
/// hand.
class ScriptedTransport final : public Transport {
 public:
  bool submit(PostedOrder& posted) override {
    if (failure_) std::rethrow_exception(failure_);
    if (is_closed_) return false;
    if (listener_ != nullptr) throw std::logic_error("the order before is not complete yet");
    orders_.push_back(posted.order);
    listener_ = &posted.listener;
    return true;
  }

  std::shared_ptr<TransferRemote> make_remote(std::string_view origin) override {
    static_cast<void>(origin);
    return std::make_shared<TransferRemote>(mailbox_);
  }

  // What a test does to the order that is not complete yet.

  void start() { listener_->on_transfer_started(); }
  void respond(int status, Headers headers = {}, std::string body = "",
               std::vector<std::string> earlier_cookies = {}) {
    TransferResult result;
    result.earlier_cookies = std::move(earlier_cookies);
    result.has_response_bytes = true;
    result.status = status;
    result.headers = std::move(headers);
    result.body = std::move(body);
    end().on_transfer_done(std::move(result));
  }
  /// By a 417, to a request that has asked before its body.
  void refuse_expectation() {
    TransferResult result;
    result.has_response_bytes = true;
    result.status = 417;
    result.is_expectation_refused = true;
    end().on_transfer_done(std::move(result));
  }
  void redirect_to(const std::string& location, int status = 302) {
    respond(status, Headers{{"location", location}});
  }
  void fail(TransferFailure failure, bool has_response_bytes = false) {
    TransferResult result;
    result.has_response_bytes = has_response_bytes;
    result.failure = std::move(failure);
    end().on_transfer_done(std::move(result));
  }
  /// The head of a response; returns whether its body will be streamed.
  bool head(int status, Headers headers = {}, std::vector<std::string> earlier_cookies = {}) {
    sink_ = listener_->on_head(status, headers);
    if (sink_ == nullptr) return false;
    listener_->on_stream_started({.status = status,
                                  .headers = std::move(headers),
                                  .body_bytes = {},
                                  .earlier_cookies = std::move(earlier_cookies),
                                  .metrics = {},
                                  .tls = {}});
    return true;
  }
  void stream(std::string_view bytes) {
    static_cast<void>(sink_->write(bytes));
    listener_->on_stream_bytes();
  }
  void end_stream(Headers trailers = {}) {
    TransferResult result;
    result.has_response_bytes = true;
    result.is_streamed = true;
    result.trailers = std::move(trailers);
    end().on_transfer_done(std::move(result));
  }
  void break_stream(TransferFailure failure) {
    TransferResult result;
    result.has_response_bytes = true;
    result.is_streamed = true;
    result.failure = std::move(failure);
    end().on_transfer_done(std::move(result));
  }
  /// Fails after some of the request's body was read from its source.
  void fail_after_reading(TransferFailure failure) {
    TransferResult result;
    BodySourceUse::note_read(*last_order().request.body_source());
    result.failure = std::move(failure);
    end().on_transfer_done(std::move(result));
  }
  void give_back() { end().on_transfer_given_back(); }

  /// From now on orders are refused.
  void close() noexcept { is_closed_ = true; }
  /// From now on orders throw.
  template <typename Exception>
  void break_with(Exception exception) {
    failure_ = std::make_exception_ptr(std::move(exception));
  }

  [[nodiscard]] const std::vector<TransferOrder>& orders() const noexcept { return orders_; }
  [[nodiscard]] const TransferOrder& last_order() const { return orders_.at(orders_.size() - 1); }
  [[nodiscard]] bool is_busy() const noexcept { return listener_ != nullptr; }

 private:
  /// Before the listener is told: it may order again at once, or be destroyed.
  TransferListener& end() { return *std::exchange(listener_, nullptr); }

  std::shared_ptr<AgentMailbox> mailbox_ = std::make_shared<AgentMailbox>();
  std::vector<TransferOrder> orders_;
  TransferListener* listener_ = nullptr;
  BodySink* sink_ = nullptr;
  std::exception_ptr failure_;
  bool is_closed_ = false;
};

}  // namespace async_http_pool::test
