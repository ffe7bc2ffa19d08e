#include "support/raw_listener.hpp"

#include "support/full_listener.hpp"
#include "support/patience.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

void wait_for_input(const Descriptor& descriptor) {
  pollfd entry{.fd = descriptor.number(), .events = POLLIN, .revents = 0};
  if (::poll(&entry, 1, static_cast<int>(patience.count())) != 1)
    throw std::runtime_error("nothing came");
}

sockaddr_in6 loopback_v6(std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  return address;
}

template <typename Address>
bool bind_to(const Descriptor& socket, const Address& address) {
  return ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Descriptor accept_from(const Descriptor& listener) {
  wait_for_input(listener);
  Descriptor connection(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection) throw_errno("accept4");
  return connection;
}

std::string receive_head_from(const Descriptor& connection) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    wait_for_input(connection);
    std::array<char, 4096> buffer;
    const ssize_t size = ::recv(connection.number(), buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    head.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return head;
}

std::string RawListener::peer_address(const Descriptor& connection) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(connection.number(), reinterpret_cast<sockaddr*>(&peer), &size) != 0)
    throw_errno("getpeername");
  std::array<char, INET_ADDRSTRLEN> text{};
  return ::inet_ntop(AF_INET, &peer.sin_addr, text.data(), text.size());
}

UnixListener::UnixListener() : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = this->path();
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  if (!bind_to(socket_, address) || ::listen(socket_.number(), 16) != 0) throw_errno("listen");
}

bool has_ipv6_loopback() {
  const Descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket && bind_to(socket, loopback_v6(0));
}

FullIpv6Listener::FullIpv6Listener(std::uint16_t port)
    : listener_(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(listener_.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  ::setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in6 address = loopback_v6(port);
  if (!bind_to(listener_, address) || ::listen(listener_.number(), 0) != 0) throw_errno("listen");
  queued_ = fill_queue(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace async_http_pool::test
