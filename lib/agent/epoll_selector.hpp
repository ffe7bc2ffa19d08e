#pragma once

#include "agent/selector.hpp"

#include <vector>

namespace async_http_pool {

/// Waits with Linux' epoll(7): the cost depends on the sockets that are ready, not on all. Its one
/// descriptor stands for all of them in `curl_multi_poll`.
class EpollSelector final : public Selector {
 public:
  /// Throws `std::system_error`.
  EpollSelector();
  ~EpollSelector() override;
  EpollSelector(const EpollSelector&) = delete;
  EpollSelector& operator=(const EpollSelector&) = delete;

  void await(int fd, Readiness wanted) override;
  void forget(int fd) noexcept override;
  void abandon(int fd) noexcept override;
  std::span<curl_waitfd> waitables() override;
  std::span<const Event> ready() override;

 private:
  int epoll_fd_;
  curl_waitfd waitable_{};
  std::vector<Readiness> awaited_;  // by descriptor
  std::vector<Event> events_;
};

}  // namespace async_http_pool
