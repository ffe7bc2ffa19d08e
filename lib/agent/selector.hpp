#pragma once

#include "curl/multi_handle.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace async_http_pool {

/// What is awaited of a socket, or has happened to it: a set of these bits.
enum class Readiness : std::uint8_t {
  none = 0,
  readable = 1,
  writable = 2,
  hang_up = 4,  ///< the peer will send no more; awaited only by itself
  failed = 8    ///< an error is pending; never awaited, always told
};

constexpr Readiness operator|(Readiness a, Readiness b) noexcept {
  return static_cast<Readiness>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Readiness set, Readiness bits) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(bits)) != 0;
}

/// Of how many that its origin has in use a socket is. The answer to a lone request does not stand
/// in line behind thousands of others.
enum class Company : std::uint8_t { few, many };

/// Waits for sockets. agent-thread
///
/// Level triggered: what is not dealt with is told again.
class Selector {
 public:
  /// How many `ready` tells of at most, where it does not tell of all.
  static constexpr std::size_t look_max = 32;

  struct Event {
    int fd;
    Readiness readiness;
  };

  virtual ~Selector() = default;

  /// Awaits `wanted` of `fd` from now on, instead of what was awaited; none: nothing. A number that
  /// may have been closed and given out again meanwhile has to be forgotten before. Throws
  /// `std::bad_alloc` and `std::system_error`.
  virtual void await(int fd, Readiness wanted, Company company) = 0;
  void await(int fd, Readiness wanted) { await(fd, wanted, Company::few); }
  /// `fd` is about to be closed, or may have been closed already.
  virtual void forget(int fd) noexcept = 0;
  /// `fd` was closed, or will be: its number may be that of another thread's file by now, which is
  /// not touched. Before the number is awaited again it has to be forgotten.
  virtual void abandon(int fd) noexcept = 0;

  /// What `curl_multi_poll` has to watch so that it returns when a socket is ready. Valid until the
  /// next call of any member but `ready`.
  [[nodiscard]] virtual std::span<curl_waitfd> waitables() = 0;
  /// What is ready now in that company, without waiting; some of it when there is much, the rest in
  /// later calls. Where companies are not told apart, all are among many. Valid until the next
  /// call. Throws `std::system_error`.
  [[nodiscard]] virtual std::span<const Event> ready(Company company) = 0;
  /// Whether there may have been more than `ready` told of.
  [[nodiscard]] virtual bool has_more() const noexcept = 0;
};

}  // namespace async_http_pool
