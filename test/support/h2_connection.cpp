#include "support/h2_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <pthread.h>
#include <algorithm>
#include <array>
#include <csignal>

namespace async_http_pool::test {

namespace {

void block_sigpipe() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool speaks_http1(BIO* bio) {
  SSL* tls = nullptr;
  BIO_get_ssl(bio, &tls);
  const unsigned char* name = nullptr;
  unsigned size = 0;
  if (tls != nullptr) SSL_get0_alpn_selected(tls, &name, &size);
  return tls != nullptr && std::string_view(reinterpret_cast<const char*>(name), size) != "h2";
}

}  // namespace

H2Connection::H2Connection(std::size_t index, Descriptor socket, SSL_CTX* context, H2Log& log)
    : index_(index), log_(log), socket_(std::move(socket)), context_(context) {
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void H2Connection::run(const H2Script& script) {
  block_sigpipe();  // OpenSSL writes without MSG_NOSIGNAL
  script_ = &script;
  serve(script);
  close();
}

void H2Connection::close() {
  bio_.reset();  // says farewell
  const std::lock_guard lock(mutex_);
  socket_.close();
}

void H2Connection::serve(const H2Script& script) {
  if (!open(context_)) return;
  if (speaks_http1(bio_.get())) return serve_http1(script);
  std::string preface;
  if (!receive(h2_preface.size(), preface) || preface != h2_preface) return;
  send(H2Frame{.type = H2Type::settings});
  if (script.on_open) script.on_open(*this);
  do {
    while (!complete_requests_.empty()) {
      const H2Request request = complete_requests_.front();
      complete_requests_.pop_front();
      script.on_request(*this, request);
    }
  } while (read_frame());
}

bool H2Connection::open(SSL_CTX* context) {
  bio_.reset(BIO_new_socket(socket_.number(), BIO_NOCLOSE));
  if (context == nullptr) return true;
  BIO* tls = BIO_new_ssl(context, 0);
  bio_.reset(BIO_push(tls, bio_.release()));
  return BIO_do_handshake(bio_.get()) == 1;
}

void H2Connection::abort() {
  const std::lock_guard lock(mutex_);
  if (socket_) ::shutdown(socket_.number(), SHUT_RDWR);
}

bool H2Connection::receive(std::size_t count, std::string& bytes) {
  if (!bio_) return false;
  bytes.resize(count);
  std::size_t received = 0;
  while (received < count) {
    const int size =
        BIO_read(bio_.get(), bytes.data() + received, static_cast<int>(count - received));
    if (size <= 0) return false;
    received += static_cast<std::size_t>(size);
  }
  return true;
}

bool H2Connection::read_frame() {
  std::string head;
  if (!receive(h2_frame_head_bytes, head)) return false;
  H2Frame frame = decode_head(head);
  if (!receive(payload_bytes(head), frame.payload)) return false;
  handle(frame);
  return true;
}

void H2Connection::handle(const H2Frame& frame) {
  switch (frame.type) {
    case H2Type::headers:
      open_requests_[frame.stream] = {
          .connection = index_, .index = request_count_++, .stream = frame.stream};
      if ((frame.flags & H2Flags::end_stream) != 0) complete(frame.stream);
      return;
    case H2Type::data:
      handle_data(frame);
      return;
    case H2Type::window_update:
      if (frame.stream == 0) window_ += decode_number(frame.payload);
      return;
    case H2Type::settings:
      if ((frame.flags & H2Flags::acknowledgement) == 0)
        send(H2Frame{.type = H2Type::settings, .flags = H2Flags::acknowledgement});
      break;
    case H2Type::ping:
      if ((frame.flags & H2Flags::acknowledgement) == 0)
        send(H2Frame{
            .type = H2Type::ping, .flags = H2Flags::acknowledgement, .payload = frame.payload});
      break;
    default:
      break;
  }
  log_.note_frame(frame);
  if (script_->on_frame) script_->on_frame(*this, frame);
}

void H2Connection::handle_data(const H2Frame& frame) {
  const std::string credit = encode_number(static_cast<std::uint32_t>(frame.payload.size()));
  if (!frame.payload.empty()) {
    send(H2Frame{.type = H2Type::window_update, .stream = 0, .payload = credit});
    send(H2Frame{.type = H2Type::window_update, .stream = frame.stream, .payload = credit});
  }
  open_requests_[frame.stream].body_bytes += frame.payload.size();
  if ((frame.flags & H2Flags::end_stream) != 0) complete(frame.stream);
}

void H2Connection::complete(std::uint32_t stream) {
  H2Request request = open_requests_[stream];
  open_requests_.erase(stream);
  log_.note_request(request);
  complete_requests_.push_back(request);
}

void H2Connection::serve_http1(const H2Script& script) {
  for (std::string head, byte; receive(1, byte);) {
    head += byte;
    if (!head.ends_with("\r\n\r\n")) continue;
    head.clear();
    H2Request request{.connection = index_, .index = request_count_++};
    log_.note_request(request);
    script.on_request(*this, request);
  }
}

void H2Connection::send(std::string_view bytes) {
  while (bio_ && !bytes.empty()) {
    const int size = BIO_write(bio_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) return;  // the client is gone: reading will tell
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void H2Connection::send_headers(std::uint32_t stream, const H2Fields& fields, std::uint8_t flags) {
  send(H2Frame{
      .type = H2Type::headers, .flags = flags, .stream = stream, .payload = encode(fields)});
}

void H2Connection::send_data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags) {
  send(H2Frame{
      .type = H2Type::data, .flags = flags, .stream = stream, .payload = std::string(bytes)});
}

void H2Connection::respond(std::uint32_t stream, std::string_view body, int status) {
  if (stream == 0) {
    send("HTTP/1.1 " + std::to_string(status) + " Test\r\ncontent-length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    return;
  }
  send_headers(stream, {{":status", std::to_string(status)},
                        {"content-length", std::to_string(body.size())}});
  send_data(stream, body, H2Flags::end_stream);
}

void H2Connection::send_reset(std::uint32_t stream, H2Error error) {
  send(H2Frame{.type = H2Type::rst_stream,
               .stream = stream,
               .payload = encode_number(static_cast<std::uint32_t>(error))});
}

void H2Connection::send_goaway(std::uint32_t last_stream, H2Error error) {
  send(H2Frame{
      .type = H2Type::goaway,
      .payload = encode_number(last_stream) + encode_number(static_cast<std::uint32_t>(error))});
}

void H2Connection::send_setting(std::uint16_t name, std::uint32_t value) {
  send(H2Frame{.type = H2Type::settings,
               .payload = encode_number(name).substr(2) + encode_number(value)});
}

void H2Connection::send_ping() {
  send(H2Frame{.type = H2Type::ping, .payload = std::string(8, 'p')});
}

bool H2Connection::send_body(std::uint32_t stream, std::size_t bytes, std::uint8_t last_flags) {
  constexpr std::size_t frame_bytes_max = 16'384;
  while (bytes > 0) {
    const std::size_t size = std::min(bytes, frame_bytes_max);
    while (window_ < static_cast<std::int64_t>(size)) {
      if (!read_frame()) return false;
    }
    window_ -= static_cast<std::int64_t>(size);
    bytes -= size;
    send_data(stream, std::string(size, 'b'), bytes == 0 ? last_flags : H2Flags::none);
  }
  return true;
}

void H2Connection::end(End how) {
  SSL* tls = nullptr;
  BIO_get_ssl(bio_.get(), &tls);
  if (how == End::orderly && tls != nullptr) SSL_shutdown(tls);
  if (how != End::reset) {
    ::shutdown(socket_.number(), SHUT_WR);
    return;
  }
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  if (tls != nullptr) SSL_set_quiet_shutdown(tls, 1);
  close();
}

}  // namespace async_http_pool::test
