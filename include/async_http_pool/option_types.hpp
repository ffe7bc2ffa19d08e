#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace async_http_pool {

// The types of options, under names without commas, as the tables of options need them.

using Milliseconds = std::chrono::milliseconds;
using TextList = std::vector<std::string>;

/// How the agent waits for sockets.
enum class SelectorKind {
  automatic,  ///< the best this system has
  epoll,      ///< Linux: cost does not grow with the number of idle sockets
  poll        ///< every POSIX system
};

}  // namespace async_http_pool
