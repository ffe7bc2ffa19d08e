#pragma once

#include "client/client_agents.hpp"
#include "client/pending_stream.hpp"

#include <async_http_pool/client.hpp>
#include <async_http_pool/interceptor.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace async_http_pool {

/// What a `Client` is inside: a hold on its agents, and its interceptors. Immutable. any-thread
class Client::Impl {
 public:
  /// Outermost first. Shared by requests under way, which they outlive.
  using Interceptors = std::vector<std::shared_ptr<Interceptor>>;

  explicit Impl(std::shared_ptr<ClientAgents> agents);

  [[nodiscard]] ResponseFuture send(Request request, SendOptions options, BodyMode mode) const;
  [[nodiscard]] std::shared_ptr<const Impl> with(std::shared_ptr<Interceptor> interceptor) const;

  [[nodiscard]] ClientAgents& agents() const noexcept { return *keeper_->agents(); }

 private:
  struct Chain;
  class Link;

  std::shared_ptr<const ClientKeeper> keeper_;  // shared: see `ClientKeeper`
  Interceptors interceptors_;
};

}  // namespace async_http_pool
