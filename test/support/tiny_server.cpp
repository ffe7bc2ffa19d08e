#include "support/tiny_server.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace async_http_pool::test {

namespace {

constexpr std::string_view fast_answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view redirect_answer =
    "HTTP/1.1 302 Found\r\nlocation: /fast\r\ncontent-length: 0\r\n\r\n";
constexpr std::string_view end_of_head = "\r\n\r\n";

void watch(const Descriptor& epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll.number(), EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
}

}  // namespace

TinyServer::TinyServer()
    : listener_(listen_on_loopback()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      port_(local_port(listener_)) {
  make_non_blocking(listener_);
  watch(epoll_, listener_.number());
  watch(epoll_, stopping_.descriptor());
  thread_ = std::thread([this] { run(); });
}

TinyServer::~TinyServer() {
  stopping_.open();
  thread_.join();
}

std::string TinyServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void TinyServer::run() {
  std::array<epoll_event, 64> events;
  while (!stopping_.is_open()) {
    const int count =
        ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_.number()) {
        accept_all();
      } else if (const auto found = connections_.find(fd);
                 found != connections_.end() && !serve(found->second)) {
        connections_.erase(found);
      }
    }
  }
}

void TinyServer::accept_all() {
  while (true) {
    Descriptor socket(
        ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;
    const int fd = socket.number();
    watch(epoll_, fd);
    connections_.insert_or_assign(fd, Connection{.socket = std::move(socket), .received = {}});
  }
}

bool TinyServer::serve(Connection& connection) {
  std::array<char, 4096> buffer;
  const ssize_t size = ::recv(connection.socket.number(), buffer.data(), buffer.size(), 0);
  if (size == 0) return false;
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  connection.received.append(buffer.data(), static_cast<std::size_t>(size));
  for (std::size_t end = connection.received.find(end_of_head); end != std::string::npos;
       end = connection.received.find(end_of_head)) {
    const std::string head = connection.received.substr(0, end);
    connection.received.erase(0, end + end_of_head.size());
    const std::string_view target = std::string_view(head).substr(head.find(' ') + 1);
    if (target.starts_with("/drop")) return false;
    if (target.starts_with("/hold")) continue;
    const std::string_view answer = target.starts_with("/redirect") ? redirect_answer : fast_answer;
    if (!send_all(connection.socket, answer)) return false;
  }
  return true;
}

}  // namespace async_http_pool::test
