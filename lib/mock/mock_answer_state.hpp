#pragma once

#include "agent/transport.hpp"

#include <async_http_pool/mock_transport.hpp>

namespace async_http_pool {

struct MockAnswer::State {
  CannedAnswer canned;
};

/// How a request ends that a test neither answers nor lets go to the network.
[[nodiscard]] std::shared_ptr<const CannedAnswer> not_mocked(std::string message);

}  // namespace async_http_pool
