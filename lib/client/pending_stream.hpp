#pragma once

#include "agent/transfer_remote.hpp"
#include "client/client_agents.hpp"
#include "client/future_state.hpp"
#include "client/progress_teller.hpp"
#include "client/response_stream.hpp"
#include "exchange/exchange.hpp"

#include <async_http_pool/client.hpp>
#include <async_http_pool/request.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace async_http_pool {

/// What becomes of the body of a client's response.
enum class BodyMode {
  streamed,  ///< the future is ready when the headers are in
  collected  ///< it is ready when all of the response is, within `max_response_size`
};

/// What a request of a client needs besides itself.
struct SendOrder {
  SendOptions options = {};
  BodyMode mode = BodyMode::streamed;
  std::weak_ptr<const ClientKeeper> keeper = {};  ///< that responses being read hold
  std::shared_ptr<const void> context = {};       ///< shared: interceptors outlive their requests
};

/// A request of a client that is under way: its exchange, its place among the `max_connections`,
/// the future that waits for its headers, then the stream that takes its body. Ends itself in its
/// one outcome.
class PendingStream final : private ExchangeListener {
 public:
  /// any-thread. Starts one. All that is wrong with it is in the future.
  [[nodiscard]] static ResponseFuture send(ClientAgents& agents, Request request, SendOrder order);

  ~PendingStream() = default;
  PendingStream(const PendingStream&) = delete;
  PendingStream& operator=(const PendingStream&) = delete;

 private:
  /// Cancels the request when the application's stop token says so.
  struct Cancel {
    std::shared_ptr<TransferRemote> remote;  // shared: the transfer may end meanwhile
    void operator()() const noexcept { remote->cancel(); }
  };

  PendingStream(ClientAgents& agents, Request request, SendOrder order,
                std::shared_ptr<FutureState> state);
  [[nodiscard]] static bool start(std::unique_ptr<PendingStream>& pending);

  // ExchangeListener
  void on_hop_started(const RequestTask& task) noexcept override;
  void on_hop_redirected(const RequestTask& task) noexcept override;
  BodySink* on_final_head(int status, const Headers& headers) noexcept override;
  void on_stream_started(const RequestTask& task, TransferHead&& head) noexcept override;
  void on_stream_bytes(const RequestTask& task) noexcept override;
  void on_progress(std::uint64_t bytes_sent, std::uint64_t bytes_received) noexcept override;
  void on_stream_ended(const RequestTask& task, const Headers& trailers,
                       const Metrics& metrics) noexcept override;
  void on_response(const RequestTask& task, const Response& response) noexcept override;
  void on_error(const RequestTask& task, const Error& error) noexcept override;
  void on_given_back(const RequestTask& task) noexcept override;

  [[nodiscard]] RequestError given_back_error(const RequestTask& task) const;
  void fail(const Error& error) noexcept;
  void leave() noexcept;
  [[nodiscard]] Logger* logger() const noexcept {
    return place_.pool->configuration().logger().get();
  }

  ClientAgents::Place place_;  // first, so that the agents are let go of last
  const std::shared_ptr<const void> context_;
  const bool are_agents_own_;
  const Executor executor_;
  ProgressTeller progress_;
  Exchange exchange_;
  std::shared_ptr<FutureState> state_;      // shared with the future; null once that is ready
  std::shared_ptr<ResponseStream> stream_;  // shared with the reader; null before the headers
  std::optional<std::stop_callback<Cancel>> stop_;
};

}  // namespace async_http_pool
