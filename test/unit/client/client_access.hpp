#pragma once

#include "client/client_impl.hpp"

#include <async_http_pool/client.hpp>

#include <memory>
#include <utility>

namespace async_http_pool {

/// Makes clients of parts that an application cannot choose.
class ClientAccess {
 public:
  [[nodiscard]] static Client make(const Configuration& configuration,
                                   AgentGroup::SelectorFactory make_selector) {
    return Client(std::make_shared<Client::Impl>(
        std::make_shared<ClientAgents>(configuration, std::move(make_selector))));
  }
};

}  // namespace async_http_pool
