// hold_server PORT: an HTTP/1.1 server on 127.0.0.1 that can leave requests waiting; PORT 0 takes a
// free one. Prints the port when it listens.
//
//   GET /hold/MS   answers after MS milliseconds
//   GET /stats     {"connections":...,"accepted":...,"held":...,"held_min":...,"held_max":...}
//   anything else  answers "ok" at once; bodies of requests are not read
//
// held_min is the least number of requests that waited when a fast one came in (-1: none came): the
// proof that a client had them all in flight while it was measured.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class HoldServer {
 public:
  explicit HoldServer(std::uint16_t port)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    const int yes = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(listener_, generic, size) != 0) fail("bind");
    if (listen(listener_, 16384) != 0) fail("listen");
    if (getsockname(listener_, generic, &size) != 0) fail("getsockname");
    port_ = ntohs(address.sin_port);
    watch(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[noreturn]] void serve() {
    epoll_event events[1024];
    for (;;) {
      const int count = epoll_wait(epoll_, events, 1024, wait_ms());
      for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == listener_) {
          accept_all();
        } else {
          receive(events[i].data.fd);
        }
      }
      answer_due();
    }
  }

 private:
  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  [[nodiscard]] int wait_ms() const {
    if (held_.empty()) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(held_.begin()->first - Clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, 60'000));
  }

  void accept_all() {
    for (int fd = 0;
         (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int yes = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      inputs_[fd].clear();
      ++accepted_;
      watch(fd);
    }
  }

  void drop(int fd) {
    close(fd);
    inputs_.erase(fd);
    std::erase_if(held_, [&](const auto& held) { return held.second == fd; });
  }

  void receive(int fd) {
    char data[8192];
    const ssize_t size = read(fd, data, sizeof data);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return drop(fd);
    std::string& input = inputs_[fd];
    input.append(data, static_cast<std::size_t>(size));
    for (std::size_t end = 0; (end = input.find("\r\n\r\n")) != std::string::npos;) {
      handle(fd, input);
      input.erase(0, end + 4);
    }
  }

  void handle(int fd, std::string_view head) {
    constexpr std::string_view hold = "GET /hold/";
    const auto held = static_cast<long>(held_.size());
    if (head.starts_with("GET /stats ")) {
      return answer(fd,
                    fmt::format("{{\"connections\":{},\"accepted\":{},\"held\":{},\"held_min\":{},"
                                "\"held_max\":{}}}",
                                inputs_.size(), accepted_, held, held_min_, held_max_));
    }
    if (head.starts_with(hold)) {
      int ms = 0;
      std::from_chars(head.data() + hold.size(), head.data() + head.size(), ms);
      held_.insert({Clock::now() + std::chrono::milliseconds(ms), fd});
      held_max_ = std::max(held_max_, held + 1);
      return;
    }
    held_min_ = held_min_ < 0 ? held : std::min(held_min_, held);
    answer(fd, "ok");
  }

  static void answer(int fd, std::string_view body) {
    const std::string text =
        fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}",
                    body.size(), body);
    // Answers are far smaller than a socket's buffer; of a client that left, the next read tells.
    static_cast<void>(send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0);
  }

  void answer_due() {
    for (const auto now = Clock::now(); !held_.empty() && held_.begin()->first <= now;
         held_.erase(held_.begin())) {
      answer(held_.begin()->second, "ok");
    }
  }

  int listener_;
  int epoll_;
  std::uint16_t port_ = 0;
  long accepted_ = 0;  // connections, open or not
  long held_max_ = 0;
  long held_min_ = -1;
  std::unordered_map<int, std::string> inputs_;  // of each connection, not yet handled
  std::multimap<Clock::time_point, int> held_;   // connections by when they are answered
};

void raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  const std::string_view word = argc == 2 ? argv[1] : "";
  if (std::from_chars(word.data(), word.data() + word.size(), port).ptr !=
          word.data() + word.size() ||
      word.empty()) {
    fmt::print(stderr, "usage: hold_server PORT\n");
    return 2;
  }
  try {
    raise_file_limit();
    HoldServer server(port);
    fmt::print("{}\n", server.port());
    std::fflush(stdout);
    server.serve();
  } catch (const std::system_error& error) {
    fmt::print(stderr, "hold_server: {}\n", error.what());
    return 1;
  }
}
