#include "support/socks_server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <exception>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

using namespace std::string_view_literals;

constexpr char socks_4 = 4;
constexpr char socks_5 = 5;
constexpr unsigned char kind_address = 1;
constexpr unsigned char kind_name = 3;

/// Which of `first` and `second` can be read from; 0 when the server has to stop.
struct Readable {
  bool first = false;
  bool second = false;
};

Readable wait_for_either(const Descriptor& first, const Descriptor& second, const Gate& stopping) {
  std::array<pollfd, 3> entries = {
      pollfd{.fd = stopping.descriptor(), .events = POLLIN, .revents = 0},
      pollfd{.fd = first.number(), .events = POLLIN, .revents = 0},
      pollfd{.fd = second.number(), .events = POLLIN, .revents = 0}};
  static_cast<void>(::poll(entries.data(), entries.size(), -1));
  if (stopping.is_open()) return {};
  return {.first = entries[1].revents != 0, .second = entries[2].revents != 0};
}

unsigned char byte_of(const std::string& text, std::size_t index = 0) {
  return static_cast<unsigned char>(text.at(index));
}

std::uint16_t port_of(const std::string& two_bytes) {
  return static_cast<std::uint16_t>(byte_of(two_bytes) * 256U + byte_of(two_bytes, 1));
}

std::string address_of(const std::string& four_bytes) {
  std::string text;
  for (std::size_t i = 0; i < 4; ++i)
    text += (i == 0 ? "" : ".") + std::to_string(byte_of(four_bytes, i));
  return text;
}

/// Carries what there is; false at the end.
bool carry(const Descriptor& from, const Descriptor& to) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(from.number(), buffer.data(), buffer.size(), 0);
  return size > 0 && send_all(to, {buffer.data(), static_cast<std::size_t>(size)});
}

}  // namespace

SocksServer::SocksServer(SocksOptions options)
    : options_(std::move(options)), listener_(listen_on_loopback()), port_(local_port(listener_)) {
  acceptor_ = std::thread([this] { accept_connections(); });
}

SocksServer::~SocksServer() {
  stopping_.open();
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
}

std::string SocksServer::url(std::string_view scheme, std::string_view credentials) const {
  return std::string(scheme) + "://" + std::string(credentials) +
         "127.0.0.1:" + std::to_string(port_);
}

std::vector<SocksRequest> SocksServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void SocksServer::accept_connections() {
  while (wait_for_either(listener_, {}, stopping_).first) {
    const int fd = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    threads_.emplace_back([this, fd] {
      const Descriptor socket(fd);
      try {
        serve(socket);
      } catch (const std::exception&) {
        // The client went, or speaks no SOCKS: the connection ends.
      }
    });
  }
}

void SocksServer::serve(const Descriptor& socket) {
  SocksRequest request;
  request.version = byte_of(read(socket, 1));
  if (!negotiate(socket, request)) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  if (options_.closes) return;
  answer(socket, request.version);
  if (!options_.refuses) relay(socket, connect_to_loopback(request.port));
}

bool SocksServer::negotiate(const Descriptor& socket, SocksRequest& request) const {
  if (request.version == socks_4) return negotiate_4(socket, request);
  return request.version == socks_5 && negotiate_5(socket, request);
}

bool SocksServer::negotiate_4(const Descriptor& socket, SocksRequest& request) const {
  static_cast<void>(read(socket, 1));  // CONNECT
  request.port = port_of(read(socket, 2));
  const std::string address = read(socket, 4);
  request.username = read_text(socket);
  request.is_name = address.starts_with("\0\0\0"sv) && address[3] != 0;  // SOCKS 4a
  request.host = request.is_name ? read_text(socket) : address_of(address);
  return true;
}

bool SocksServer::negotiate_5(const Descriptor& socket, SocksRequest& request) const {
  const std::string methods = read(socket, byte_of(read(socket, 1)));
  const bool wants_password = !options_.username.empty();
  const char method = wants_password ? '\2' : '\0';
  if (methods.find(method) == std::string::npos) {
    static_cast<void>(send_all(socket, "\5\xFF"));
    return false;
  }
  if (!send_all(socket, std::string{socks_5, method})) return false;
  if (wants_password && !check_password(socket, request)) return false;
  const std::string head = read(socket, 4);  // version, CONNECT, reserved, kind
  request.is_name = byte_of(head, 3) == kind_name;
  if (!request.is_name && byte_of(head, 3) != kind_address) return false;
  request.host =
      request.is_name ? read(socket, byte_of(read(socket, 1))) : address_of(read(socket, 4));
  request.port = port_of(read(socket, 2));
  return true;
}

bool SocksServer::check_password(const Descriptor& socket, SocksRequest& request) const {
  static_cast<void>(read(socket, 1));
  request.username = read(socket, byte_of(read(socket, 1)));
  request.password = read(socket, byte_of(read(socket, 1)));
  const bool is_right =
      request.username == options_.username && request.password == options_.password;
  return send_all(socket, std::string{'\1', is_right ? '\0' : '\1'}) && is_right;
}

void SocksServer::answer(const Descriptor& socket, int version) const {
  const std::string_view reply =
      version == socks_4 ? (options_.refuses ? "\0\x5B\0\0\0\0\0\0"sv : "\0\x5A\0\0\0\0\0\0"sv)
                         : (options_.refuses ? "\5\5\0\1\0\0\0\0\0\0"sv : "\5\0\0\1\0\0\0\0\0\0"sv);
  static_cast<void>(send_all(socket, reply));
}

void SocksServer::relay(const Descriptor& client, const Descriptor& server) const {
  while (true) {
    const Readable readable = wait_for_either(client, server, stopping_);
    if (!readable.first && !readable.second) return;
    if (readable.first && !carry(client, server)) return;
    if (readable.second && !carry(server, client)) return;
  }
}

std::string SocksServer::read(const Descriptor& socket, std::size_t size) const {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    if (!wait_for_either(socket, {}, stopping_).first) throw std::runtime_error("stopping");
    const ssize_t count = ::recv(socket.number(), bytes.data() + done, size - done, 0);
    if (count <= 0) throw std::runtime_error("the client is gone");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::string SocksServer::read_text(const Descriptor& socket) const {
  std::string text;
  for (std::string byte = read(socket, 1); byte.front() != '\0'; byte = read(socket, 1))
    text += byte;
  return text;
}

}  // namespace async_http_pool::test
