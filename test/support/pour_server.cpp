#include "support/pour_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

constexpr std::size_t period = 251;  // a prime: no buffer's size is a multiple
constexpr std::size_t piece_bytes = period * 64;
constexpr int send_buffer_bytes = 32 << 10;

std::string make_piece() {
  std::string piece;
  for (std::size_t i = 0; i < piece_bytes; ++i) piece += static_cast<char>(i % period);
  return piece;
}

const std::string& piece() {
  static const std::string bytes = make_piece();
  return bytes;
}

void block_signals() {
  sigset_t all;
  ::sigfillset(&all);  // SIGPIPE above all: OpenSSL writes without MSG_NOSIGNAL
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using OwnedBio = std::unique_ptr<BIO, FreeBio>;

OwnedBio open(const Descriptor& socket, SSL_CTX* context) {
  OwnedBio bio(BIO_new_socket(socket.number(), BIO_NOCLOSE));
  if (context == nullptr) return bio;
  bio.reset(BIO_push(BIO_new_ssl(context, 0), bio.release()));
  return BIO_do_handshake(bio.get()) == 1 ? std::move(bio) : nullptr;
}

bool send(BIO& bio, std::string_view bytes) {
  while (!bytes.empty()) {
    const int size = BIO_write(&bio, bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

/// Empty when the client is gone.
std::string receive_head(BIO& bio) {
  std::string head;
  for (char byte = 0; BIO_read(&bio, &byte, 1) == 1;) {
    head += byte;
    if (head.ends_with("\r\n\r\n")) return head;
  }
  return {};
}

}  // namespace

PourServer::PourServer(const std::optional<ServerIdentity>& identity)
    : listener_(listen_on_loopback()), port_(local_port(listener_)) {
  if (identity) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    if (SSL_CTX_use_certificate_chain_file(context_.get(), identity->certificate_file.c_str()) !=
            1 ||
        SSL_CTX_use_PrivateKey_file(context_.get(), identity->key_file.c_str(), SSL_FILETYPE_PEM) !=
            1)
      throw std::runtime_error("certificate or key is not usable");
  }
  // Inherited by the sockets that it accepts, from their start.
  ::setsockopt(listener_.number(), SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes,
               sizeof send_buffer_bytes);
  thread_ = std::thread([this] { accept_all(); });
}

PourServer::~PourServer() {
  stopping_.open();
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : connections_) {
      if (connection.socket) ::shutdown(connection.socket.number(), SHUT_RDWR);
    }
  }
  for (Connection& connection : connections_) connection.thread.join();
}

std::string PourServer::url(std::uint64_t bytes) const {
  return (context_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_) + "/" +
         std::to_string(bytes);
}

bool PourServer::is_part(std::string_view bytes, std::uint64_t position) {
  while (!bytes.empty()) {
    const std::string_view expected =
        std::string_view(piece()).substr(static_cast<std::size_t>(position % piece_bytes));
    const std::size_t size = std::min(bytes.size(), expected.size());
    if (bytes.substr(0, size) != expected.substr(0, size)) return false;
    bytes.remove_prefix(size);
    position += size;
  }
  return true;
}

std::uint64_t PourServer::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::uint64_t PourServer::wait_until_still(std::chrono::milliseconds pause) const {
  std::uint64_t before = sent();
  while (wait_for_sent(before + 1, pause)) before = sent();
  return before;
}

bool PourServer::wait_for_sent(std::uint64_t bytes, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return sent_ >= bytes; });
}

bool PourServer::wait_for_closed(std::size_t connections, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return closed_ >= connections; });
}

void PourServer::accept_all() {
  block_signals();
  std::array<pollfd, 2> entries = {
      pollfd{.fd = listener_.number(), .events = POLLIN, .revents = 0},
      pollfd{.fd = stopping_.descriptor(), .events = POLLIN, .revents = 0}};
  while (!stopping_.is_open()) {
    static_cast<void>(::poll(entries.data(), entries.size(), -1));
    if (entries[0].revents == 0) continue;
    Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    connection.thread = std::thread([this, &connection] { serve(connection); });
  }
}

void PourServer::serve(Connection& connection) {
  OwnedBio bio = open(connection.socket, context_.get());
  while (bio) {
    const std::string head = receive_head(*bio);  // "GET /123 HTTP/1.1..."
    if (head.empty()) break;
    const std::uint64_t bytes = std::stoull(head.substr(head.find('/') + 1));
    if (!send(*bio, "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(bytes) + "\r\n\r\n") ||
        !pour(*bio, bytes))
      break;
  }
  bio.reset();
  const std::lock_guard lock(mutex_);
  connection.socket.close();
  ++closed_;
  changed_.notify_all();
}

bool PourServer::pour(BIO& bio, std::uint64_t bytes) {
  while (bytes > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece_bytes));
    if (!test::send(bio, std::string_view(piece()).substr(0, size))) return false;
    bytes -= size;
    const std::lock_guard lock(mutex_);
    sent_ += size;
    changed_.notify_all();
  }
  return true;
}

}  // namespace async_http_pool::test
