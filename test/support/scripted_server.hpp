#pragma once

#include "support/gate.hpp"
#include "support/received_log.hpp"
#include "support/script.hpp"
#include "support/scripted_connection.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace async_http_pool::test {

/// A server that does to its clients whatever a script says, byte for byte, on a free port of
/// 127.0.0.1.
///
///     ScriptedServer server;
///     server.on_connection(0, {expect_request(), send("HTTP/1.1 200 OK\r\ncontent-le"), reset()});
///     server.otherwise({expect_request(), send(response(200, "ok"))});
///
/// One thread serves all connections. All members: any thread.
class ScriptedServer {
 public:
  /// All connections follow `otherwise`.
  explicit ScriptedServer(Script otherwise = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// The script of the connection that is accepted as number `index`, from 0.
  void on_connection(std::size_t index, Script script);
  /// The script of all others.
  void otherwise(Script script);

  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// How many connections were accepted.
  [[nodiscard]] std::size_t connections() const;
  /// All requests so far, in the order of their arrival, those that no script waited for too.
  [[nodiscard]] std::vector<ReceivedRequest> requests() const { return log_.requests(); }
  /// Whether the client closed or reset that connection.
  [[nodiscard]] bool peer_closed(std::size_t connection) const;

  // Each waits until it is so; false when `timeout` is over.
  [[nodiscard]] bool wait_for_requests(std::size_t count,
                                       std::chrono::milliseconds timeout = patience) const {
    return log_.wait_for_requests(count, timeout);
  }
  [[nodiscard]] bool wait_for_connections(std::size_t count,
                                          std::chrono::milliseconds timeout = patience) const;
  [[nodiscard]] bool wait_for_peer_close(std::size_t connection,
                                         std::chrono::milliseconds timeout = patience) const;

 private:
  void run();
  void accept_connection(std::vector<ScriptedConnection>& connections);
  void publish(std::size_t index, const ScriptedConnection& connection);

  Descriptor listener_;
  const std::uint16_t port_;
  Gate stopping_;
  ReceivedLog log_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::size_t, Script> scripts_;  // guarded by mutex_
  Script otherwise_;                       // guarded by mutex_
  std::size_t accepted_ = 0;               // guarded by mutex_
  std::set<std::size_t> closed_by_peer_;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace async_http_pool::test
