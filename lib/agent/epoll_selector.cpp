#include "agent/epoll_selector.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <unistd.h>

namespace async_http_pool {

namespace {

// Few, so that what one batch touches, some 20 KiB a transfer, stays in the processor's caches
// until its transfers have ended and the next have taken their memory (test/bench/README.md,
// Tried).
constexpr std::size_t events_max = Selector::look_max;

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

EpollSelector::Epoll::Epoll() : number(::epoll_create1(EPOLL_CLOEXEC)) {
  if (number < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

EpollSelector::Epoll::~Epoll() { ::close(number); }

EpollSelector::EpollSelector()
    : waitables_{{{.fd = few_.number, .events = CURL_WAIT_POLLIN, .revents = 0},
                  {.fd = many_.number, .events = CURL_WAIT_POLLIN, .revents = 0}}} {
  events_.reserve(events_max);
}

void EpollSelector::set(Awaited& awaited, Readiness readiness) noexcept {
  std::size_t& count = epoll_of(awaited.company).count;
  count -= awaited.readiness != Readiness::none ? 1 : 0;
  count += readiness != Readiness::none ? 1 : 0;
  awaited.readiness = readiness;
}

void EpollSelector::take_out(int fd, Awaited& awaited) noexcept {
  set(awaited, Readiness::none);
  // Fails when libcurl closed it already: nothing is left to do. close(2) alone leaves it in the
  // set while a forked child has it open too, and then nothing can take it out any more.
  control(epoll_of(awaited.company).number, EPOLL_CTL_DEL, fd, Readiness::none);
}

void EpollSelector::await(int fd, Readiness wanted, Company company) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= awaited_.size()) awaited_.resize(index * 2 + 16);
  Awaited& awaited = awaited_[index];
  if (awaited.readiness != Readiness::none &&
      (wanted == Readiness::none || company != awaited.company))
    take_out(fd, awaited);
  const Readiness before = awaited.readiness;
  if (wanted == before) return;
  awaited.company = company;
  const int epoll_fd = epoll_of(awaited.company).number;
  set(awaited, wanted);
  // The number may have been closed behind our back (the kernel forgot it) or duplicated: the other
  // operation helps.
  int error =
      control(epoll_fd, before == Readiness::none ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, wanted);
  if (error == EEXIST) error = control(epoll_fd, EPOLL_CTL_MOD, fd, wanted);
  if (error == ENOENT) error = control(epoll_fd, EPOLL_CTL_ADD, fd, wanted);
  if (error != 0) {
    set(awaited, Readiness::none);
    throw std::system_error(error, std::generic_category(), "epoll_ctl");
  }
}

void EpollSelector::forget(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index < awaited_.size() && awaited_[index].readiness != Readiness::none)
    take_out(fd, awaited_[index]);
}

void EpollSelector::abandon(int fd) noexcept {
  // Closed, it is out of the set; open still, it is forgotten when it closes.
  static_cast<void>(fd);
}

std::span<curl_waitfd> EpollSelector::waitables() {
  for (curl_waitfd& waitable : waitables_) waitable.revents = 0;
  std::span<curl_waitfd> used(waitables_);
  if (few_.count == 0) used = used.last(used.size() - 1);
  if (many_.count == 0) used = used.first(used.size() - 1);
  return used;
}

std::span<const Selector::Event> EpollSelector::ready(Company company) {
  events_.clear();
  has_more_ = false;
  const Epoll& epoll = epoll_of(company);
  if (epoll.count == 0) return events_;
  std::array<epoll_event, events_max> ready;
  const int count = ::epoll_wait(epoll.number, ready.data(), static_cast<int>(ready.size()), 0);
  if (count < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  has_more_ = count == static_cast<int>(ready.size());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    events_.push_back({event.data.fd, readiness_of(event.events)});
  }
  return events_;
}

}  // namespace async_http_pool
