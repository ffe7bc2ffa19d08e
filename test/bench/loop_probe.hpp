#pragma once

#include <chrono>
#include <cstddef>

/// Sees what the threads of this program do with sockets, through functions of its own in place of
/// send(2), epoll_wait(2) and curl_multi_poll.
namespace loop_probe {

using Clock = std::chrono::steady_clock;

/// Requests to `/lone/0` to `/lone/9` are watched.
inline constexpr std::size_t watched_max = 10;

/// When the one to `/lone/NUMBER` was last given to send(2), first byte and all. any-thread
[[nodiscard]] Clock::time_point sent_at(std::size_t number) noexcept;

struct Loop {
  std::size_t turns = 0;             ///< looks at the sockets by epoll_wait(2), one in each turn
  std::chrono::nanoseconds slept{};  ///< inside of curl_multi_poll
};
/// Of all agents, since the program began. any-thread
[[nodiscard]] Loop loop() noexcept;

}  // namespace loop_probe
