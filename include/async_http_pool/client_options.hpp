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
  /** Requests of one origin that are handed to libcurl at a time; more wait their turn, and those   \
      of other origins pass them. Off: 0. */                                                        \
  X(int, max_in_flight_per_host, 0, not_negative)                                                   \
  /** Connections to one origin, in use or idle, at a time. HTTP/2 carries many requests over each.  \
      An origin's requests then are one agent's and one lane's. Off: 0. */                          \
  X(int, max_connections_per_host, 0, not_negative)                                                 \
  /** Requests that one HTTP/2 connection carries at a time, unless the server allows fewer. */     \
  X(int, max_streams, 100, positive)                                                                \
  /** Retries of an origin, those that wait included, in percent of its requests of the last 10 s;  \
      0 to 10 000. Beyond them and `retry_budget_floor` a failure is final. */                      \
  X(int, retry_budget, 20, percentage)                                                              \
  /** Retries that an origin has in 10 s, however few its requests are. */                          \
  X(int, retry_budget_floor, 10, not_negative)                                                      \
  /** How sockets are waited for. epoll is refused where the system has none. */                    \
  X(SelectorKind, selector, SelectorKind::automatic, selector)
// clang-format on
