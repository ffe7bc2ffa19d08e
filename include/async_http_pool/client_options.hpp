#pragma once

#include <async_http_pool/option_types.hpp>

/// The options of a client as a whole, in rows like those of `AHP_REQUEST_OPTIONS`:
///
///     X(type, name, default, rule)
// clang-format off
#define AHP_CLIENT_OPTIONS(X)                                                                       \
  /** Origins (scheme, host, port) whose idle connections are kept. The connections of the least    \
      recently used one are closed first. */                                                        \
  X(int, connection_pool_size, 100, positive)                                                       \
  /** Threads that drive transfers, 1 to 64. Origins are spread over them. */                       \
  X(int, agents, 1, agents)                                                                         \
  /** Transfers that share one libcurl multi handle, 1 to 100 000. See ARCHITECTURE.md, *Lanes*. */ \
  X(int, lane_size, 128, lane_size)                                                                 \
  /** How sockets are waited for. epoll is refused where the system has none. */                    \
  X(SelectorKind, selector, SelectorKind::automatic, selector)
// clang-format on
