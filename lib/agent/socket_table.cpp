#include "agent/socket_table.hpp"

#include "agent/lane.hpp"
#include "agent/request_handler.hpp"

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace async_http_pool {

namespace {

constexpr std::size_t drain_bytes = 16384;
constexpr int drain_reads_max = 64;  // a flood must not hold the agent up

enum class Peek { nothing, bytes, end };

Peek peek(int fd) noexcept {
  char byte = 0;
  const ssize_t count = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) return Peek::bytes;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return Peek::nothing;
  return Peek::end;
}

void drain(int fd) noexcept {
  std::array<char, drain_bytes> waste;
  for (int reads = 0; reads < drain_reads_max; ++reads) {
    if (::recv(fd, waste.data(), waste.size(), MSG_DONTWAIT) <= 0) return;
  }
}

/// 0 for a unix socket, as libcurl says; -1 for none.
int local_port_of(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  if (address.ss_family == AF_UNIX) return 0;
  return -1;
}

}  // namespace

SocketTable::Entry& SocketTable::entry(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= entries_.size()) entries_.resize(index * 2 + 16);
  return entries_[index];
}

int SocketTable::open(int family, int type, int protocol) noexcept {
  const int fd = ::socket(family, type | SOCK_CLOEXEC, protocol);
  if (fd < 0) return -1;
  try {
    Entry& opened = entry(fd);
    clear(fd, opened);
    opened.is_ours = true;
    selector_.forget(fd);  // libcurl may have closed another socket of this number without a word
  } catch (...) {
    ::close(fd);
    errno = ENOMEM;
    return -1;
  }
  return fd;
}

void SocketTable::close(int fd) noexcept {
  clear(fd, entries_[static_cast<std::size_t>(fd)]);
  selector_.forget(fd);
  ::close(fd);
}

void SocketTable::want(int fd, Readiness wanted, Lane& lane, RequestHandler* handler) {
  Entry& socket = entry(fd);
  socket.wanted = wanted;
  if (wanted == Readiness::none) {
    if (!socket.is_ours || socket.connection_key == 0) {
      drop(fd, socket);
    } else if (socket.user == nullptr) {
      set_free(socket, true);
    }
    return;
  }
  socket.lane = &lane;
  if (socket.is_ours && handler != nullptr) attach(fd, socket, lane, *handler);
  if (!socket.is_ours) selector_.forget(fd);  // as above: it may be another one than last time
  if (socket.origin != nullptr) socket.company = socket.origin->update_socket_company();
  selector_.await(fd, wanted, socket.company);
}

void SocketTable::clear(int fd, Entry& socket) noexcept {
  set_free(socket, false);
  if (const auto named = by_key_.find(socket.connection_key);
      named != by_key_.end() && named->second == fd)
    by_key_.erase(named);  // else another connection goes by this key now
  if (socket.origin != nullptr) origins_.remove_socket(*socket.origin, socket.lane->index(), fd);
  socket = Entry{.generation = socket.generation + 1};
}

SocketTable::Entry* SocketTable::socket_of(const RequestHandler& handler) noexcept {
  const auto& [fd, generation] = handler.placement.socket;
  if (fd < 0) return nullptr;
  Entry& socket = entries_[static_cast<std::size_t>(fd)];
  return socket.generation == generation ? &socket : nullptr;
}

void SocketTable::drop(int fd, Entry& socket) {
  if (socket.is_ours) {
    // A connection given up before it stood: libcurl 7.88 has closed it already, without a word,
    // and the number may be that of another thread's file by now.
    selector_.abandon(fd);
  } else {
    selector_.await(fd, Readiness::none);
  }
  const bool is_ours = socket.is_ours;
  clear(fd, socket);
  socket.is_ours = is_ours;
}

void SocketTable::attach(int fd, Entry& socket, Lane& lane, RequestHandler& handler) {
  if (socket_of(handler) == &socket) return;
  release(handler, false);
  set_free(socket, false);
  // One that leads to a proxy serves several origins: it is that of the one that uses it, so that
  // it is not shut down when another has been idle for long.
  if (socket.origin != nullptr && socket.origin != handler.placement.origin)
    origins_.remove_socket(*std::exchange(socket.origin, nullptr), lane.index(), fd);
  if (socket.origin == nullptr) {
    origins_.add_socket(*handler.placement.origin, lane.index(), fd);
    socket.origin = handler.placement.origin;
  }
  socket.user = &handler;
  handler.placement.socket = {.fd = fd, .generation = socket.generation};
}

void SocketTable::set_free(Entry& socket, bool is_free) noexcept {
  if (socket.origin == nullptr || socket.is_free == is_free || (is_free && socket.is_shut)) return;
  socket.is_free = is_free;
  socket.origin->lanes[socket.lane->index()].free_sockets += is_free ? 1 : -1;
}

void SocketTable::release(RequestHandler& handler, bool is_multiplexed) noexcept {
  Entry* const socket = socket_of(handler);
  handler.placement.socket = {};
  if (socket == nullptr) return;
  if (is_multiplexed) {
    socket->is_multiplexed = true;
    if (socket->origin != nullptr) socket->origin->is_multiplexed = true;
  }
  if (socket->user != &handler) return;  // several transfers share it, and a later one came
  socket->user = nullptr;
  if (socket->wanted == Readiness::none) set_free(*socket, true);
}

Lane* SocketTable::lane_for_event(int fd, Readiness readiness) {
  Entry& socket = entry(fd);
  if (socket.wanted != Readiness::none) return socket.lane;
  if (socket.user != nullptr || !socket.is_ours || socket.is_shut) {
    // Its transfer does not want to know now, or nothing more can come.
    selector_.await(fd, Readiness::none);
    return nullptr;
  }
  const Peek input = peek(fd);
  if (input == Peek::nothing && !has(readiness, Readiness::failed)) {
    // Writable, which no longer interests, or dealt with already.
    selector_.await(fd, Readiness::readable, socket.company);
  } else if (input == Peek::bytes && socket.is_multiplexed && !has(readiness, Readiness::hang_up)) {
    // HTTP/2 may speak when idle; libcurl reads it before the next use.
    selector_.await(fd, Readiness::hang_up, socket.company);
  } else {
    shut_down(fd, socket);
  }
  return nullptr;
}

void SocketTable::shut_down(int fd, Entry& socket) noexcept {
  set_free(socket, false);
  socket.is_shut = true;
  if (socket.origin != nullptr)
    origins_.remove_socket(*std::exchange(socket.origin, nullptr), socket.lane->index(), fd);
  // libcurl must find the connection dead, not readable: what waits there would be read as the next
  // response.
  drain(fd);
  ::shutdown(fd, SHUT_RDWR);  // fails when the peer has reset it: dead as well
  try {
    selector_.await(fd, Readiness::none);
  } catch (const std::exception&) {
    // Taking a socket out does not fail; if it did, its next event would lead here again.
  }
}

void SocketTable::shut_down_idle(const Origin& origin) noexcept {
  // Each leaves the origin, and the last one ends it.
  for (std::size_t left = origin.sockets.size(); left > 0; --left) {
    const int fd = origin.sockets.back();
    shut_down(fd, entries_[static_cast<std::size_t>(fd)]);
  }
}

std::shared_ptr<const ConnectionUse> SocketTable::note_established(std::uint64_t connection_key,
                                                                   int local_port,
                                                                   std::span<const int> opened) {
  for (const int fd : opened) {
    Entry& socket = entry(fd);
    if (!socket.is_ours || socket.connection_key != 0 || local_port_of(fd) != local_port) continue;
    socket.use = std::make_shared<ConnectionUse>();
    by_key_.insert_or_assign(connection_key, fd);
    socket.connection_key = connection_key;
    return socket.use;
  }
  const auto known = by_key_.find(connection_key);
  if (known != by_key_.end()) ++entries_[static_cast<std::size_t>(known->second)].use->requests;
  return nullptr;
}

bool SocketTable::has_stray_input(std::uint64_t connection_key,
                                  const RequestHandler& handler) const {
  const auto found = by_key_.find(connection_key);
  if (found == by_key_.end()) return false;
  const Entry& socket = entries_[static_cast<std::size_t>(found->second)];
  // Another user may be one that is over, and not reported yet.
  const bool is_shared =
      socket.is_multiplexed ||
      (socket.user != nullptr && socket.user != &handler && socket.user->may_share_connection());
  return !is_shared && peek(found->second) != Peek::nothing;
}

void SocketTable::note_used(std::uint64_t connection_key, RequestHandler& handler) {
  const auto found = by_key_.find(connection_key);
  if (found == by_key_.end() || handler.placement.lane == nullptr) return;
  Entry& socket = entries_[static_cast<std::size_t>(found->second)];
  if (socket.is_shut) return;
  socket.lane = handler.placement.lane;
  attach(found->second, socket, *socket.lane, handler);
}

}  // namespace async_http_pool
