#include "support/scripted_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace async_http_pool::test {

namespace {

/// Appends what can be read at once; returns false at the end of the stream.
bool receive_available(const Descriptor& socket, std::string& bytes) {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t size = ::recv(socket.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size < 0 && errno == EINTR) {
      continue;
    } else {
      return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
  }
}

}  // namespace

ScriptedConnection::ScriptedConnection(Parts parts)
    : index_(parts.index),
      socket_(std::move(parts.socket)),
      script_(std::move(parts.script)),
      log_(*parts.log) {
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void ScriptedConnection::watch(std::vector<pollfd>& entries) const {
  if (socket_) {
    const int events = (peer_closed_ ? 0 : POLLIN) | (wants_to_write_ ? POLLOUT : 0);
    // Without events poll still reports an error or hang-up, and would spin.
    if (events != 0)
      entries.push_back(
          {.fd = socket_.number(), .events = static_cast<short>(events), .revents = 0});
  }
  if (tunnel_) entries.push_back({.fd = tunnel_.number(), .events = POLLIN, .revents = 0});
  if (socket_ && position_ < script_.size() && script_[position_].kind == Step::Kind::wait_for) {
    entries.push_back(
        {.fd = script_[position_].gate->descriptor(), .events = POLLIN, .revents = 0});
  }
}

void ScriptedConnection::run() {
  if (!socket_) return;
  if (tunnel_) return relay();
  read();
  while (position_ < script_.size()) {
    if (execute(script_[position_]) == Progress::blocked) return;
  }
  if (socket_ && peer_closed_) end();
}

void ScriptedConnection::read() {
  if (peer_closed_) return;
  peer_closed_ = !receive_available(socket_, received_);
  while (std::optional<ReceivedRequest> request = take_request(received_)) {
    request->connection = index_;
    log_.add(std::move(*request));
    ++unexpected_count_;
  }
}

ScriptedConnection::Progress ScriptedConnection::execute(const Step& step) {
  switch (step.kind) {
    case Step::Kind::expect_request:
      if (unexpected_count_ == 0) {
        if (peer_closed_) end();
        return Progress::blocked;
      }
      --unexpected_count_;
      break;
    case Step::Kind::send:
      return send(step);
    case Step::Kind::wait_for:
      if (!step.gate->is_open()) return Progress::blocked;
      break;
    case Step::Kind::open_gate:
      step.gate->open();
      break;
    case Step::Kind::wait_for_peer_close:
      if (!peer_closed_) return Progress::blocked;
      break;
    case Step::Kind::close:
      end();
      break;
    case Step::Kind::reset: {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      end();
      break;
    }
    case Step::Kind::half_close:
      ::shutdown(socket_.number(), SHUT_WR);
      break;
    case Step::Kind::tunnel:
      tunnel_ = connect_to_loopback(step.port);
      ++position_;
      return Progress::blocked;
    case Step::Kind::again:
      position_ = 0;
      return Progress::next_step;
  }
  ++position_;
  return Progress::next_step;
}

ScriptedConnection::Progress ScriptedConnection::send(const Step& step) {
  if (next_send_ && Clock::now() < *next_send_) return Progress::blocked;
  next_send_.reset();
  wants_to_write_ = false;
  while (sent_ < step.bytes.size()) {
    const std::size_t length = step.interval > 0ms ? 1 : step.bytes.size() - sent_;
    const ssize_t size =
        ::send(socket_.number(), step.bytes.data() + sent_, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      wants_to_write_ = true;
      return Progress::blocked;
    }
    if (size < 0 && errno != EINTR) {
      peer_closed_ = true;
      end();
      return Progress::blocked;
    }
    if (size > 0) sent_ += static_cast<std::size_t>(size);
    if (step.interval > 0ms && sent_ < step.bytes.size()) {
      next_send_ = Clock::now() + step.interval;
      return Progress::blocked;
    }
  }
  sent_ = 0;
  ++position_;
  return Progress::next_step;
}

void ScriptedConnection::relay() {
  std::string to_client;
  std::string to_server;
  const bool client_open = receive_available(socket_, to_server);
  const bool server_open = receive_available(tunnel_, to_client);
  const bool delivered = send_all(tunnel_, to_server) && send_all(socket_, to_client);
  if (client_open && server_open && delivered) return;
  peer_closed_ = peer_closed_ || !client_open;
  tunnel_.close();
  end();
}

void ScriptedConnection::end() noexcept {
  std::string ignored;
  receive_available(socket_, ignored);  // unread bytes would turn the FIN of close(2) into a RST
  socket_.close();
  next_send_.reset();
  wants_to_write_ = false;
}

}  // namespace async_http_pool::test
