#include "client/client_impl.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace async_http_pool {

/// What the links of one request's chain share. It holds the agents and not the keeper: an
/// interceptor that waits is no handle of the client.
struct Client::Impl::Chain {
  std::shared_ptr<ClientAgents> agents;
  Interceptors interceptors;
  SendOrder order;
};

/// A `Next`: the interceptors from `index` on, then the network.
class Client::Impl::Link {
 public:
  Link(std::shared_ptr<const Chain> chain, std::size_t index) noexcept
      : chain_(std::move(chain)), index_(index) {}

  ResponseFuture operator()(Request request) const {
    if (index_ == chain_->interceptors.size()) {
      SendOrder order = chain_->order;
      order.context = chain_;
      return PendingStream::send(*chain_->agents, std::move(request), std::move(order));
    }
    try {
      ResponseFuture future =
          chain_->interceptors[index_]->intercept(std::move(request), Link(chain_, index_ + 1));
      if (!future.is_valid()) throw std::logic_error("an interceptor gave no future");
      return future;
    } catch (...) {
      return ResponseFuture(std::current_exception());
    }
  }

 private:
  std::shared_ptr<const Chain> chain_;  // shared with the other links, and copies that are kept
  std::size_t index_;
};

Client::Impl::Impl(std::shared_ptr<ClientAgents> agents)
    : keeper_(std::make_shared<ClientKeeper>(std::move(agents))) {}

ResponseFuture Client::Impl::send(Request request, SendOptions options, BodyMode mode) const {
  SendOrder order{.options = std::move(options), .mode = mode, .keeper = keeper_};
  if (interceptors_.empty())
    return PendingStream::send(agents(), std::move(request), std::move(order));
  const auto chain = std::make_shared<const Chain>(
      Chain{.agents = keeper_->agents(), .interceptors = interceptors_, .order = std::move(order)});
  ResponseFuture future = Link(chain, 0)(std::move(request));
  // It may be a coroutine's, which knows nothing of these.
  const std::shared_ptr<FutureState>& state = FutureAccess::state(future);
  state->set_logger(agents().configuration().logger());
  if (chain->order.options.executor() != nullptr)
    state->set_executor(chain->order.options.executor());
  return future;
}

std::shared_ptr<const Client::Impl> Client::Impl::with(
    std::shared_ptr<Interceptor> interceptor) const {
  auto result = std::make_shared<Impl>(*this);
  result->interceptors_.push_back(std::move(interceptor));
  return result;
}

}  // namespace async_http_pool
