#pragma once

#include "agent/selector.hpp"

#include <cstddef>
#include <vector>

namespace async_http_pool {

/// Waits with poll(2), on every POSIX system: the sockets themselves are given to
/// `curl_multi_poll`, so a turn costs time for each of them.
class PollSelector final : public Selector {
 public:
  void await(int fd, Readiness wanted, Company company) override;
  void forget(int fd) noexcept override;
  void abandon(int fd) noexcept override;
  std::span<curl_waitfd> waitables() override;
  std::span<const Event> ready(Company company) override;
  bool has_more() const noexcept override { return false; }

 private:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  void remove(int fd) noexcept;

  std::vector<curl_waitfd> sockets_;   // awaited ones, without gaps
  std::vector<std::size_t> place_of_;  // by descriptor: where in sockets_
  std::vector<Event> events_;
};

}  // namespace async_http_pool
