#pragma once

#include "agent/selector.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace async_http_pool {

/// Waits with Linux' epoll(7): the cost depends on the sockets that are ready, not on all. Its two
/// descriptors stand for all of them in `curl_multi_poll`: one for sockets in little company, one
/// for those among many.
class EpollSelector final : public Selector {
 public:
  /// Throws `std::system_error`.
  EpollSelector();

  void await(int fd, Readiness wanted, Company company) override;
  void forget(int fd) noexcept override;
  void abandon(int fd) noexcept override;
  std::span<curl_waitfd> waitables() override;
  std::span<const Event> ready(Company company) override;
  bool has_more() const noexcept override { return has_more_; }

 private:
  struct Awaited {
    Readiness readiness = Readiness::none;
    Company company = Company::few;
  };
  /// An epoll descriptor.
  struct Epoll {
    Epoll();
    ~Epoll();
    Epoll(const Epoll&) = delete;
    Epoll& operator=(const Epoll&) = delete;
    int number;
    std::size_t count = 0;  ///< sockets that it watches
  };
  [[nodiscard]] Epoll& epoll_of(Company company) noexcept {
    return company == Company::few ? few_ : many_;
  }
  void set(Awaited& awaited, Readiness readiness) noexcept;
  void take_out(int fd, Awaited& awaited) noexcept;

  Epoll few_;
  Epoll many_;
  std::array<curl_waitfd, 2> waitables_;
  std::vector<Awaited> awaited_;  // by descriptor
  std::vector<Event> events_;
  bool has_more_ = false;
};

}  // namespace async_http_pool
