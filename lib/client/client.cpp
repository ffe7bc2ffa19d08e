#include <async_http_pool/client.hpp>

#include "agent/selector_factory.hpp"
#include "base/agent_thread.hpp"
#include "client/client_impl.hpp"
#include "client/default_headers.hpp"
#include "config/effective_options.hpp"
#include "pool/pool_access.hpp"

#include <stdexcept>
#include <utility>

namespace async_http_pool {

Client::Client(const Configuration& configuration)
    : Client(std::make_shared<Impl>(std::make_shared<ClientAgents>(
          configuration, [kind = configuration.selector()] { return make_selector(kind); }))) {}

Client::Client(const Processor& processor)
    : Client(
          std::make_shared<Impl>(std::make_shared<ClientAgents>(PoolAccess::pool_of(processor)))) {}

Client::Client(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

Client::~Client() = default;
Client::Client(const Client&) = default;
Client& Client::operator=(const Client&) = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

ResponseFuture Client::send(Request request, SendOptions options) const {
  return impl_->send(std::move(request), std::move(options), BodyMode::streamed);
}

Response Client::execute(const Request& request) const {
  refuse_on_agent_thread("Client::execute");
  const EffectiveOptions options{request.config(), configuration().request_config()};
  // Collected already, unless an interceptor answered by a stream of its own.
  return impl_->send(request, {}, BodyMode::collected).get().complete(options.max_response_size());
}

Response Client::get(std::string_view url) const { return execute(Request::get(url).build()); }

Response Client::head(std::string_view url) const { return execute(Request::head(url).build()); }

Response Client::post(std::string_view url, std::string_view body,
                      std::string_view content_type) const {
  return execute(Request::post(url).body(body).header("content-type", content_type).build());
}

Response Client::put(std::string_view url, std::string_view body,
                     std::string_view content_type) const {
  return execute(Request::put(url).body(body).header("content-type", content_type).build());
}

Response Client::delete_(std::string_view url) const {
  return execute(Request::delete_(url).build());
}

Client Client::with_interceptor(std::shared_ptr<Interceptor> interceptor) const {
  if (interceptor == nullptr) throw std::invalid_argument("interceptor is required, got: null");
  return Client(impl_->with(std::move(interceptor)));
}

Client Client::with_default_headers(Headers headers) const {
  return with_interceptor(std::make_shared<DefaultHeaders>(std::move(headers)));
}

const Configuration& Client::configuration() const noexcept {
  return impl_->agents().configuration();
}

std::size_t Client::total_count() const noexcept { return impl_->agents().total_count(); }

Response get(std::string_view url) {
  static const Client client;
  return client.get(url);
}

}  // namespace async_http_pool
