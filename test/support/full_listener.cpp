#include "support/full_listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>
#include <utility>

namespace async_http_pool::test {

std::vector<Descriptor> fill_queue(const sockaddr* address, socklen_t size) {
  constexpr int enough = 64;
  constexpr int settled_milliseconds =
      50;  // loopback connects at once, or the handshake was dropped
  std::vector<Descriptor> queued;
  for (int count = 0; count < enough; ++count) {
    Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(::connect(socket.number(), address, size));
    pollfd entry{.fd = socket.number(), .events = POLLOUT, .revents = 0};
    const bool is_connected = ::poll(&entry, 1, settled_milliseconds) > 0;
    queued.push_back(std::move(socket));
    if (!is_connected) return queued;
  }
  throw std::runtime_error("the listener's queue has no end");
}

FullListener::FullListener() : FullListener(listen_on_loopback(0), htonl(INADDR_LOOPBACK)) {}

FullListener::FullListener(Descriptor listener, std::uint32_t ip) : listener_(std::move(listener)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(local_port(listener_));
  address.sin_addr.s_addr = ip;
  queued_ = fill_queue(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

std::string FullListener::url() const {
  return "http://127.0.0.1:" + std::to_string(local_port(listener_)) + "/";
}

}  // namespace async_http_pool::test
