#include "support/h2_server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char known[] = "\x02h2\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size, known, sizeof known - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

SSL_CTX* make_context(const ServerIdentity& identity) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr ||
      SSL_CTX_use_certificate_chain_file(context, identity.certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, identity.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("openssl does not take the certificate");
  }
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return context;
}

}  // namespace

H2Server::H2Server(const std::optional<ServerIdentity>& identity, H2Script script)
    : script_(std::move(script)),
      context_(identity ? make_context(*identity) : nullptr),
      listener_(listen_on_loopback()),
      port_(local_port(listener_)),
      thread_([this] { accept_all(); }) {}

H2Server::~H2Server() {
  stopping_.open();
  thread_.join();
  for (H2Connection& connection : connections_) connection.abort();
  for (std::thread& thread : serving_) thread.join();
}

void H2Server::accept_all() {
  for (;;) {
    pollfd entries[] = {{.fd = stopping_.descriptor(), .events = POLLIN, .revents = 0},
                        {.fd = listener_.number(), .events = POLLIN, .revents = 0}};
    static_cast<void>(::poll(entries, 2, -1));
    if (stopping_.is_open()) return;
    Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    const std::lock_guard lock(mutex_);
    H2Connection& connection = connections_.emplace_back(
        connections_.size(), std::move(socket), context_.get(), static_cast<H2Log&>(*this));
    serving_.emplace_back([this, &connection] { connection.run(script_); });
    changed_.notify_all();
  }
}

void H2Server::note_request(H2Request& request) {
  const std::lock_guard lock(mutex_);
  request.number = requests_.size();
  requests_.push_back(request);
  changed_.notify_all();
}

void H2Server::note_frame(const H2Frame& frame) {
  const std::lock_guard lock(mutex_);
  frames_.push_back(frame.type);
  changed_.notify_all();
}

std::string H2Server::url(std::string_view path) const {
  return (context_ ? "https://localhost:" : "http://localhost:") + std::to_string(port_) +
         std::string(path);
}

std::size_t H2Server::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

std::vector<H2Request> H2Server::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t H2Server::frames(H2Type type) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(frames_, type));
}

bool H2Server::wait_for_requests(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return requests_.size() >= count; });
}

bool H2Server::wait_for_frames(H2Type type, std::size_t count,
                               std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] {
    return static_cast<std::size_t>(std::ranges::count(frames_, type)) >= count;
  });
}

}  // namespace async_http_pool::test
