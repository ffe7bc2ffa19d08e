#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;

  void close() noexcept;
  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor reader;
  Descriptor writer;
};

/// Both ends close on exec. Throws `std::system_error`.
[[nodiscard]] Pipe make_pipe();

/// A TCP socket that listens on a free port of 127.0.0.1. Throws `std::system_error`.
[[nodiscard]] Descriptor listen_on_loopback(int backlog = 1024);

/// A TCP socket that holds a free port of 127.0.0.1 for who binds to it with SO_REUSEPORT too.
[[nodiscard]] Descriptor reserve_port();

/// A TCP socket, connected to a port of 127.0.0.1. Throws `std::system_error`.
[[nodiscard]] Descriptor connect_to_loopback(std::uint16_t port);

/// The port that a socket is bound to.
[[nodiscard]] std::uint16_t local_port(const Descriptor& socket);

/// A port of 127.0.0.1 that nobody listened on a moment ago.
[[nodiscard]] std::uint16_t free_port();

void make_non_blocking(const Descriptor& descriptor);

/// Sends all of `bytes` on a blocking socket; returns whether the peer took them.
bool send_all(const Descriptor& socket, std::string_view bytes);

/// Throws `std::system_error` with `errno`.
[[noreturn]] void throw_errno(const char* what);

}  // namespace async_http_pool::test
