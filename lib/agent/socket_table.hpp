#pragma once

#include "agent/origin_table.hpp"
#include "agent/selector.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace async_http_pool {

class Lane;
class RequestHandler;

/// What went over a connection. Shared by it and the transfer that opened it, whichever ends first.
struct ConnectionUse {
  int requests = 1;
};

/// All sockets of an agent: what libcurl awaits of each, who uses it, and what to do when one
/// speaks that nobody uses. agent-thread
///
/// Registration is lazy: when libcurl drops its interest in a connection that stays open, the
/// selector keeps watching it, since it is mostly wanted again at once. Only for sockets that were
/// opened and will be closed through the two callbacks here; others libcurl closes without a word:
/// the resolver's, and those of connections that are given up before they stand.
class SocketTable {
 public:
  SocketTable(Selector& selector, OriginTable& origins) noexcept
      : selector_(selector), origins_(origins) {}

  /// CURLOPT_OPENSOCKETFUNCTION: makes a socket, -1 and errno when that fails.
  [[nodiscard]] int open(int family, int type, int protocol) noexcept;
  /// CURLOPT_CLOSESOCKETFUNCTION.
  void close(int fd) noexcept;

  /// CURLMOPT_SOCKETFUNCTION: `lane` awaits `wanted` of `fd`, on behalf of `handler` (null: of
  /// nobody we know).
  void want(int fd, Readiness wanted, Lane& lane, RequestHandler* handler);

  /// The lane that has to be told of an event on `fd`; null when nobody needs to know. A socket
  /// without a user that is readable was closed by the server, or the server speaks out of turn: it
  /// is shut down, so that libcurl finds it dead and never uses it again.
  [[nodiscard]] Lane* lane_for_event(int fd, Readiness readiness);

  /// `handler` is done with its connection.
  void release(RequestHandler& handler, bool is_multiplexed) noexcept;

  /// Shuts the connections of `origin` down; nobody may be using them.
  void shut_down_idle(const Origin& origin) noexcept;

  /// A connection stands, and its first request is about to be sent: the one of `opened` with that
  /// local port, since libcurl does not tell the descriptor. Null when it is none of them, but one
  /// that was used before. Connections are known by a key of both addresses and ports.
  [[nodiscard]] std::shared_ptr<const ConnectionUse> note_established(std::uint64_t connection_key,
                                                                      int local_port,
                                                                      std::span<const int> opened);
  /// Whether the connection that `handler` is about to use again has something to be read, or is
  /// closed, though nobody has asked for anything on it.
  [[nodiscard]] bool has_stray_input(std::uint64_t connection_key,
                                     const RequestHandler& handler) const;
  /// `handler` sends its request on that connection. libcurl may never say what it awaits there: it
  /// sends at once, reads what has come already, and stops when the body is paused.
  void note_used(std::uint64_t connection_key, RequestHandler& handler);

 private:
  struct Entry {
    Readiness wanted = Readiness::none;
    bool is_ours = false;  ///< opened here, will be closed here
    bool is_free = false;  ///< counted in the origin's free_sockets
    bool is_shut = false;
    bool is_multiplexed = false;
    Company company = Company::few;
    Lane* lane = nullptr;
    Origin* origin = nullptr;
    RequestHandler* user = nullptr;
    std::uint64_t connection_key = 0;  ///< 0 until the connection stands
    std::shared_ptr<ConnectionUse> use;
    std::uint32_t generation = 0;  ///< tells it from an earlier socket of the same number
  };
  [[nodiscard]] Entry& entry(int fd);
  /// The socket that `handler` uses or used, null when it was closed meanwhile.
  [[nodiscard]] Entry* socket_of(const RequestHandler& handler) noexcept;
  /// Forgets all about the socket and begins a new generation.
  void clear(int fd, Entry& socket) noexcept;
  void attach(int fd, Entry& entry, Lane& lane, RequestHandler& handler);
  void set_free(Entry& entry, bool is_free) noexcept;
  void drop(int fd, Entry& entry);
  void shut_down(int fd, Entry& entry) noexcept;

  Selector& selector_;
  OriginTable& origins_;
  std::vector<Entry> entries_;                     // by descriptor
  std::unordered_map<std::uint64_t, int> by_key_;  // connections that carried a request
};

}  // namespace async_http_pool
