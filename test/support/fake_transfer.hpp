#pragma once

#include "agent/transfer_remote.hpp"
#include "client/response_stream.hpp"
#include "client/stream_access.hpp"

#include <async_http_pool/error.hpp>
#include <async_http_pool/streaming_response.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

/// A transfer without a socket, and the agent that it would have: a test writes the body by hand,
/// and sees what the reader asks for. One thread at a time, which stands for the agent's.
class FakeTransfer final : private AgentMessageReceiver {
 public:
  explicit FakeTransfer(ResponseStream::Options options = {}) {
    options.remote = std::make_shared<TransferRemote>(mailbox_);
    stream_ = std::make_shared<ResponseStream>(std::move(options));
  }
  ~FakeTransfer() { take_signals(); }
  FakeTransfer(const FakeTransfer&) = delete;
  FakeTransfer& operator=(const FakeTransfer&) = delete;

  /// The headers are in. Once.
  [[nodiscard]] StreamingResponse respond(ResponseStream::Head head = {.status = 200}) {
    stream_->start(std::move(head));
    return StreamAccess::make(stream_);
  }
  /// Whether the piece was taken.
  bool write(std::string_view bytes) {
    const bool is_taken = stream_->write(bytes);
    stream_->tell_reader();
    return is_taken;
  }
  void end(Headers trailers = {}, const Metrics& metrics = {}) {
    stream_->end(std::move(trailers), metrics);
  }
  void fail(ErrorCode code, const Metrics& metrics = {}) {
    ErrorContext context;
    context.metrics = metrics;
    const bool is_cancelled = code == ErrorCode::cancelled;
    stream_->fail(RequestError(is_cancelled ? ErrorType::unknown : ErrorType::connection, code,
                               "the transfer failed", std::move(context)));
  }

  /// How often the reader asked for more since the last time.
  [[nodiscard]] int take_resumptions() {
    take_signals();
    return std::exchange(resumptions_, 0);
  }
  [[nodiscard]] bool is_cancelled() {
    take_signals();
    return is_cancelled_;
  }
  /// Waits until the reader asks for something.
  void wait() {
    if (mailbox_->channel.fall_asleep()) mailbox_->control.poll({}, timeout_ms);
    take_signals();
  }

  [[nodiscard]] ResponseStream& stream() noexcept { return *stream_; }
  [[nodiscard]] const std::shared_ptr<ResponseStream>& shared_stream() const noexcept {
    return stream_;
  }
  /// As a transfer does that is over.
  void forget_stream() noexcept { stream_ = nullptr; }

 private:
  static constexpr int timeout_ms = 20'000;

  void take_signals() {
    auto messages = mailbox_->channel.take();
    while (AgentMessage* const message = messages.pop()) message->deliver(*this);
  }
  void on_order(PostedOrder& order) override { static_cast<void>(order); }
  void on_order_given_back(PostedOrder& order) noexcept override { static_cast<void>(order); }
  void on_signals(TransferRemote& remote, std::uint32_t signals) noexcept override {
    static_cast<void>(remote);
    if ((signals & TransferRemote::cancelled) != 0) is_cancelled_ = true;
    if ((signals & TransferRemote::body_room) != 0) ++resumptions_;
  }

  const std::shared_ptr<AgentMailbox> mailbox_ = std::make_shared<AgentMailbox>();
  std::shared_ptr<ResponseStream> stream_;  // shared with the response
  int resumptions_ = 0;
  bool is_cancelled_ = false;
};

}  // namespace async_http_pool::test
