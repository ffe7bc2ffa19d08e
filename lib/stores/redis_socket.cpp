#include "stores/redis_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <string>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/name_lookup.hpp"
#include "stores/redis_error.hpp"

namespace async_http_pool {
namespace {

using Code = PayloadStoreErrorCode;

std::string error_text(int error) { return std::system_category().message(error); }

}  // namespace

short wait_for_socket(int number, short events, TimePoint deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    const auto timeout = std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, INT_MAX);
    pollfd entry{.fd = number, .events = events, .revents = 0};
    const int count = ::poll(&entry, 1, static_cast<int>(timeout));
    if (count > 0) return entry.revents;
    if (count == 0) return 0;
    if (errno != EINTR) throw RedisFailure(Code::internal, "poll: " + error_text(errno));
  }
}

// Complete before anything is opened, so that what throws below leaves nothing open.
RedisSocket::RedisSocket(const RedisStoreOptions& options, TimePoint deadline) : RedisSocket() {
  if (options.unix_socket.empty()) {
    connect_to_host(options, deadline);
  } else {
    connect_to_path(options.unix_socket, deadline);
  }
}

RedisSocket::~RedisSocket() { close(); }

void RedisSocket::close() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

int RedisSocket::connect_to(const Address& address, TimePoint deadline) {
  close();
  number_ = ::socket(address.place->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                     /*protocol=*/0);
  if (number_ < 0) return errno;
  if (::connect(number_, address.place, address.length) == 0) return 0;
  if (errno == EAGAIN) return ECONNREFUSED;  // a unix socket whose backlog is full
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (wait_for_socket(number_, POLLOUT, deadline) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(number_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

void RedisSocket::connect_to_path(const std::string& path, TimePoint deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int error =
      connect_to({reinterpret_cast<const sockaddr*>(&address), sizeof address}, deadline);
  if (error != 0) throw RedisFailure(Code::unavailable, "cannot connect: " + error_text(error));
}

void RedisSocket::connect_to_host(const RedisStoreOptions& options, TimePoint deadline) {
  const NameLookup lookup = look_up_host(options.host, options.port, deadline);
  if (lookup.addresses == nullptr) {
    throw RedisFailure(Code::unavailable, "cannot look up the host: " + lookup.problem);
  }
  int addresses_left = 0;
  const addrinfo* const first = lookup.addresses.get();
  for (const addrinfo* address = first; address != nullptr; address = address->ai_next) {
    ++addresses_left;
  }
  int error = EHOSTUNREACH;
  for (const addrinfo* address = first; address != nullptr; address = address->ai_next) {
    // One that never answers must leave time for the others.
    const TimePoint now = SteadyClock::now();
    const TimePoint end = now + (deadline - now) / addresses_left--;
    error = connect_to({address->ai_addr, address->ai_addrlen}, end);
    if (error != 0) continue;
    const int on = 1;
    // Both make things better, but it works without.
    static_cast<void>(::setsockopt(number_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    static_cast<void>(::setsockopt(number_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    return;
  }
  throw RedisFailure(Code::unavailable, "cannot connect: " + error_text(error));
}

}  // namespace async_http_pool
