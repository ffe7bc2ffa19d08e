#include "agent/poll_selector.hpp"

#include <cerrno>
#include <system_error>

#include <poll.h>

namespace async_http_pool {

namespace {

#ifdef POLLRDHUP
constexpr short peer_closed = POLLRDHUP;
#else
constexpr short peer_closed = 0;
#endif

// curl_waitfd has bits of its own, which curl_multi_poll translates; `ready` asks the kernel
// itself.
short wait_events_of(Readiness readiness) noexcept {
  short events = 0;
  if (has(readiness, Readiness::readable)) events |= CURL_WAIT_POLLIN;
  if (has(readiness, Readiness::writable)) events |= CURL_WAIT_POLLOUT;
  return events;
}

short poll_events_of(short wait_events) noexcept {
  // Then it is the hang-up that is awaited. Asked for always, it would be told in every turn of
  // sockets that only wait to be writable, and keep the agent awake.
  if (wait_events == 0) return peer_closed;
  short events = 0;
  if ((wait_events & CURL_WAIT_POLLIN) != 0) events |= POLLIN;
  if ((wait_events & CURL_WAIT_POLLOUT) != 0) events |= POLLOUT;
  return events;
}

Readiness readiness_of(short poll_events) noexcept {
  Readiness readiness = Readiness::none;
  if ((poll_events & POLLIN) != 0) readiness = readiness | Readiness::readable;
  if ((poll_events & POLLOUT) != 0) readiness = readiness | Readiness::writable;
  if ((poll_events & (peer_closed | POLLHUP)) != 0) readiness = readiness | Readiness::hang_up;
  if ((poll_events & (POLLERR | POLLNVAL)) != 0) readiness = readiness | Readiness::failed;
  return readiness;
}

}  // namespace

void PollSelector::await(int fd, Readiness wanted, Company company) {
  static_cast<void>(company);  // it tells all that is ready
  const auto index = static_cast<std::size_t>(fd);
  if (index >= place_of_.size()) place_of_.resize(index * 2 + 16, nowhere);
  if (wanted == Readiness::none) {
    remove(fd);
    return;
  }
  if (place_of_[index] == nowhere) {
    sockets_.push_back({.fd = fd, .events = 0, .revents = 0});
    place_of_[index] = sockets_.size() - 1;
  }
  sockets_[place_of_[index]].events = wait_events_of(wanted);
}

void PollSelector::remove(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= place_of_.size() || place_of_[index] == nowhere) return;
  const std::size_t place = place_of_[index];
  sockets_[place] = sockets_.back();
  place_of_[static_cast<std::size_t>(sockets_[place].fd)] = place;
  sockets_.pop_back();
  place_of_[index] = nowhere;
}

void PollSelector::forget(int fd) noexcept { remove(fd); }

void PollSelector::abandon(int fd) noexcept { remove(fd); }

std::span<curl_waitfd> PollSelector::waitables() {
  // curl_multi_poll leaves them as they were when nothing is ready.
  for (curl_waitfd& socket : sockets_) socket.revents = 0;
  return sockets_;
}

std::span<const Selector::Event> PollSelector::ready(Company company) {
  if (company == Company::few) return {};
  std::vector<pollfd> asked;
  asked.reserve(sockets_.size());
  for (const curl_waitfd& socket : sockets_)
    asked.push_back({.fd = socket.fd, .events = poll_events_of(socket.events), .revents = 0});
  events_.clear();
  const int count = ::poll(asked.data(), asked.size(), 0);
  if (count < 0) {
    if (errno == EINTR) return {};
    throw std::system_error(errno, std::generic_category(), "poll");
  }
  for (const pollfd& socket : asked) {
    if (socket.revents != 0) events_.push_back({socket.fd, readiness_of(socket.revents)});
  }
  return events_;
}

}  // namespace async_http_pool
