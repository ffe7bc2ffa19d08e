#include "agent/epoll_selector.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <unistd.h>

namespace async_http_pool {

namespace {

// Few, so that what one batch touches, some 20 KiB a transfer, stays in the processor's caches until its
// transfers have ended and their memory was taken by the next (test/bench/README.md, Tried).
constexpr int events_max = 32;

std::uint32_t epoll_events_of(Readiness readiness) noexcept {
  return (has(readiness, Readiness::readable) ? EPOLLIN : 0U) |
         (has(readiness, Readiness::writable) ? EPOLLOUT : 0U) |
         (has(readiness, Readiness::hang_up) ? EPOLLRDHUP : 0U);
}

Readiness readiness_of(std::uint32_t epoll_events) noexcept {
  Readiness readiness = Readiness::none;
  if ((epoll_events & EPOLLIN) != 0) readiness = readiness | Readiness::readable;
  if ((epoll_events & EPOLLOUT) != 0) readiness = readiness | Readiness::writable;
  if ((epoll_events & (EPOLLRDHUP | EPOLLHUP)) != 0) readiness = readiness | Readiness::hang_up;
  if ((epoll_events & EPOLLERR) != 0) readiness = readiness | Readiness::failed;
  return readiness;
}

int control(int epoll_fd, int operation, int fd, Readiness wanted) noexcept {
  epoll_event event{};
  event.events = epoll_events_of(wanted);
  event.data.fd = fd;
  return ::epoll_ctl(epoll_fd, operation, fd, &event) == 0 ? 0 : errno;
}

}  // namespace

EpollSelector::EpollSelector() : epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  waitable_ = {.fd = epoll_fd_, .events = CURL_WAIT_POLLIN, .revents = 0};
  events_.reserve(events_max);
}

EpollSelector::~EpollSelector() { ::close(epoll_fd_); }

void EpollSelector::await(int fd, Readiness wanted) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= awaited_.size()) awaited_.resize(index * 2 + 16, Readiness::none);
  const Readiness before = awaited_[index];
  if (wanted == before) return;
  awaited_[index] = wanted;
  if (wanted == Readiness::none) {
    control(epoll_fd_, EPOLL_CTL_DEL, fd,
            wanted);  // fails when libcurl closed it already: nothing is left to do
    return;
  }
  // The number may have been closed behind our back (the kernel forgot it) or duplicated: the other
  // operation helps.
  int error =
      control(epoll_fd_, before == Readiness::none ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, wanted);
  if (error == EEXIST) error = control(epoll_fd_, EPOLL_CTL_MOD, fd, wanted);
  if (error == ENOENT) error = control(epoll_fd_, EPOLL_CTL_ADD, fd, wanted);
  if (error != 0) {
    awaited_[index] = Readiness::none;
    throw std::system_error(error, std::generic_category(), "epoll_ctl");
  }
}

void EpollSelector::forget(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= awaited_.size() || awaited_[index] == Readiness::none) return;
  awaited_[index] = Readiness::none;
  // close(2) alone leaves it in the set while a forked child has it open too, and then nothing can
  // take it out any more.
  control(epoll_fd_, EPOLL_CTL_DEL, fd, Readiness::none);
}

void EpollSelector::abandon(int fd) noexcept {
  // Closed, it is out of the set; open still, it is forgotten when it closes.
  static_cast<void>(fd);
}

std::span<curl_waitfd> EpollSelector::waitables() {
  waitable_.revents = 0;
  return {&waitable_, 1};
}

std::span<const Selector::Event> EpollSelector::ready() {
  std::array<epoll_event, events_max> ready;
  const int count = ::epoll_wait(epoll_fd_, ready.data(), events_max, 0);
  events_.clear();
  if (count < 0) {
    if (errno == EINTR) return {};
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    events_.push_back({ready[i].data.fd, readiness_of(ready[i].events)});
  return events_;
}

}  // namespace async_http_pool
