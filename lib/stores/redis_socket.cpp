#include "stores/redis_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "stores/redis_error.hpp"

namespace async_http_pool {
namespace {

using Code = PayloadStoreErrorCode;

struct Address {
  const sockaddr* place;
  socklen_t length;
};

std::string error_text(int error) { return std::system_category().message(error); }

/// The error of the attempt: 0 when `number` is connected now.
int finish_connect(int number, const Address& address, TimePoint deadline) {
  if (::connect(number, address.place, address.length) == 0) return 0;
  if (errno == EAGAIN) return ECONNREFUSED;  // a unix socket whose backlog is full
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (wait_for_socket(number, POLLOUT, deadline) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/// Connects `number`, which is opened for it and -1 afterwards when that failed; returns the error.
int open_and_connect(int& number, const Address& address, TimePoint deadline) {
  number = ::socket(address.place->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    /*protocol=*/0);
  if (number < 0) return errno;
  const int error = finish_connect(number, address, deadline);
  if (error != 0) {
    ::close(number);
    number = -1;
  }
  return error;
}

int connect_to_path(const std::string& path, TimePoint deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  int number = -1;
  const int error = open_and_connect(
      number, {reinterpret_cast<const sockaddr*>(&address), sizeof address}, deadline);
  if (error != 0) throw RedisFailure(Code::unavailable, "cannot connect: " + error_text(error));
  return number;
}

int connect_to_host(const RedisStoreOptions& options, TimePoint deadline) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure =
      ::getaddrinfo(options.host.c_str(), std::to_string(options.port).c_str(), &hints, &found);
  if (failure != 0) {
    throw RedisFailure(Code::unavailable,
                       std::string("cannot look up the host: ") + ::gai_strerror(failure));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  int error = EHOSTUNREACH;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    int number = -1;
    error = open_and_connect(number, {address->ai_addr, address->ai_addrlen}, deadline);
    if (error != 0) continue;
    const int on = 1;
    // Both make things better, but it works without.
    static_cast<void>(::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    static_cast<void>(::setsockopt(number, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    return number;
  }
  throw RedisFailure(Code::unavailable, "cannot connect: " + error_text(error));
}

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

RedisSocket::RedisSocket(const RedisStoreOptions& options, TimePoint deadline)
    : number_(options.unix_socket.empty() ? connect_to_host(options, deadline)
                                          : connect_to_path(options.unix_socket, deadline)) {}

RedisSocket::~RedisSocket() {
  if (number_ >= 0) ::close(number_);
}

}  // namespace async_http_pool
