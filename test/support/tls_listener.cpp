#include "support/tls_listener.hpp"

#include "support/patience.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

void demand(bool is_well, const char* what) {
  if (is_well) return;
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  throw std::runtime_error(std::string(what) + ": " + text.data());
}

/// Nobody waits for ever for a peer that does not answer.
void limit_waiting(int socket) {
  const timeval limit{.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(patience).count(),
                      .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

}  // namespace

TlsConnection::TlsConnection(ssl_ctx_st& context, Descriptor socket)
    : context_(context), socket_(std::move(socket)), session_(SSL_new(&context)) {
  demand(session_ != nullptr, "SSL_new");
  limit_waiting(socket_.number());
  demand(SSL_set_fd(session_.get(), socket_.number()) == 1, "SSL_set_fd");
  demand(SSL_accept(session_.get()) == 1, "SSL_accept");
  make_non_blocking(socket_);
}

void TlsConnection::Free::operator()(ssl_st* session) const noexcept { SSL_free(session); }

std::string TlsConnection::receive_head() {
  std::string head;
  std::array<char, 4096> buffer;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const int size = SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (size <= 0) {
      demand(SSL_get_error(session_.get(), size) == SSL_ERROR_WANT_READ, "SSL_read");
      wait_for_input();
      continue;
    }
    head.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return head;
}

void TlsConnection::send(std::string_view bytes) {
  demand(SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
             static_cast<int>(bytes.size()),
         "SSL_write");
}

void TlsConnection::wait_for_input() const {
  pollfd entry{.fd = socket_.number(), .events = POLLIN, .revents = 0};
  const int milliseconds =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count());
  if (::poll(&entry, 1, milliseconds) != 1) throw std::runtime_error("peer does not answer");
}

void TlsConnection::renegotiate() {
  const long finished_before = SSL_CTX_sess_accept_good(&context_);
  demand(SSL_renegotiate(session_.get()) == 1, "SSL_renegotiate");
  demand(SSL_do_handshake(session_.get()) == 1, "SSL_do_handshake");  // sends the HelloRequest
  while (SSL_CTX_sess_accept_good(&context_) == finished_before) {
    wait_for_input();
    char byte = 0;
    // Reads what there is of the handshake. There is nothing else: the peer waits for a response.
    const int code = SSL_get_error(session_.get(), SSL_peek(session_.get(), &byte, 1));
    demand(code == SSL_ERROR_WANT_READ, "SSL_peek");
  }
}

void TlsConnection::close() {
  demand(SSL_shutdown(session_.get()) >= 0, "SSL_shutdown");
  socket_.close();
}

void TlsConnection::cut() {
  SSL_set_quiet_shutdown(session_.get(), 1);
  socket_.close();
}

TlsListener::TlsListener(const ServerIdentity& identity)
    : context_(SSL_CTX_new(TLS_server_method())) {
  demand(context_ != nullptr, "SSL_CTX_new");
  demand(SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION) == 1, "TLS 1.2");
  demand(SSL_CTX_use_certificate_chain_file(context_.get(), identity.certificate_file.c_str()) == 1,
         "certificate");
  demand(
      SSL_CTX_use_PrivateKey_file(context_.get(), identity.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
      "key");
}

TlsConnection TlsListener::accept() const { return {*context_, listener_.accept()}; }

void TlsListener::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

}  // namespace async_http_pool::test
