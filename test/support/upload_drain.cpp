#include "support/upload_drain.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>

namespace async_http_pool::test {

namespace {

// What runs in the child allocates nothing and takes no locks: other threads of the test may have
// held some when it was forked.

/// Reads from one connection through a buffer.
class Input {
 public:
  explicit Input(int socket) noexcept : socket_(socket) {}

  /// A line without its end; empty for a blank one, and when the client is gone.
  [[nodiscard]] std::string_view line() noexcept {
    std::size_t size = 0;
    while (size < sizeof line_) {
      if (begin_ == end_ && !fill()) return {};
      const char byte = buffer_[begin_++];
      if (byte == '\n') break;
      if (byte != '\r') line_[size++] = byte;
    }
    return {line_, size};
  }
  [[nodiscard]] bool skip(std::uint64_t bytes) noexcept {
    while (bytes > 0) {
      if (begin_ == end_ && !fill()) return false;
      const auto count = std::min<std::uint64_t>(bytes, end_ - begin_);
      begin_ += static_cast<std::size_t>(count);
      bytes -= count;
    }
    return true;
  }

 private:
  bool fill() noexcept {
    ssize_t size = 0;
    do {
      size = ::recv(socket_, buffer_, sizeof buffer_, 0);
    } while (size < 0 && errno == EINTR);
    begin_ = 0;
    end_ = size > 0 ? static_cast<std::size_t>(size) : 0;
    return size > 0;
  }

  const int socket_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  char buffer_[std::size_t{64} << 10];
  char line_[1024];
};

std::uint64_t number(std::string_view digits, int base) noexcept {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return value;
}

bool skip_chunks(Input& input, std::uint64_t& bytes) noexcept {
  for (;;) {
    const std::uint64_t size = number(input.line(), 16);
    if (!input.skip(size + 2)) return false;
    if (size == 0) return true;
    bytes += size;
  }
}

void answer(int socket, std::uint64_t bytes) noexcept {
  char digits[24];
  const char* const end = std::to_chars(digits, digits + sizeof digits, bytes).ptr;
  char text[128] = "HTTP/1.1 200 OK\r\ncontent-length: ";
  char* to = text + std::strlen(text);
  to = std::to_chars(to, text + sizeof text, end - digits).ptr;
  std::memcpy(to, "\r\n\r\n", 4);
  to = std::copy(static_cast<const char*>(digits), end, to + 4);
  static_cast<void>(::send(socket, text, static_cast<std::size_t>(to - text), MSG_NOSIGNAL));
}

void serve(int socket) noexcept {
  Input input(socket);
  while (!input.line().empty()) {  // the request line
    std::uint64_t bytes = 0;
    bool is_chunked = false;
    for (std::string_view line = input.line(); !line.empty(); line = input.line()) {
      constexpr std::string_view length = "Content-Length: ";
      if (line.size() > length.size() &&
          ::strncasecmp(line.data(), length.data(), length.size()) == 0)
        bytes = number(line.substr(length.size()), 10);
      is_chunked |= line.ends_with(": chunked");
    }
    if (!(is_chunked ? skip_chunks(input, bytes) : input.skip(bytes))) break;
    answer(socket, bytes);
  }
}

[[noreturn]] void run(int listener) noexcept {
  for (;;) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    serve(socket);
    ::close(socket);
  }
}

}  // namespace

UploadDrain::UploadDrain() : listener_(listen_on_loopback()), port_(local_port(listener_)) {
  id_ = ::fork();
  if (id_ < 0) throw_errno("fork");
  if (id_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  run(listener_.number());
}

UploadDrain::~UploadDrain() {
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string UploadDrain::url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

}  // namespace async_http_pool::test
