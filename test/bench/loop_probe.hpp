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
  /// Looks by epoll_wait(2) at the epoll set that is looked at least often, as a turn may look at
  /// one more than once.
  std::size_t turns = 0;
  std::chrono::nanoseconds slept{};  ///< inside of curl_multi_poll
};
/// Of all agents, since the program began. any-thread
[[nodiscard]] Loop loop() noexcept;

}  // namespace loop_probe
