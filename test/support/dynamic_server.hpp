#pragma once

#include "support/gate.hpp"
#include "support/received_log.hpp"
#include "support/received_request.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace async_http_pool::test {

/// What `DynamicServer` answers. Content-length and connection are added.
struct Reply {
  int status = 200;
  Headers headers;
  std::string body;
};

/// A well-behaved HTTP/1.1 server in this process, on a free port of 127.0.0.1.
///
/// It has a thread for each connection, keeps connections for as long as the client wants, and
/// knows these routes for every method:
///   /echo         JSON of the request: method, target, headers (an array of [name, value]), body
///   (as text when
///                 it is UTF-8), body_base64
///   /status/N     an empty response of that status
///   /hold         answers "held" when the test calls `release`
///   /redirect/N   302 to /redirect/N-1; /redirect/0 answers "arrived"
///   /gzip         compressed text of 5000 bytes: "0123456789" again and again
///   /bytes/N      N bytes "x", application/octet-stream
///   /headers      several fields of one name
class DynamicServer {
 public:
  using Handler = std::function<Reply(const ReceivedRequest&)>;

  DynamicServer();
  /// Releases what is held, closes all connections and ends the threads.
  ~DynamicServer();
  DynamicServer(const DynamicServer&) = delete;
  DynamicServer& operator=(const DynamicServer&) = delete;

  /// Answers requests for exactly `path`, whatever their query; comes before the routes above.
  /// `handler` runs on the connection's thread. Any thread.
  void route(std::string_view path, Handler handler);
  /// Lets all requests to /hold go, those to come too.
  void release() { released_.open(); }

  [[nodiscard]] std::string url(std::string_view path) const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::size_t connections() const noexcept { return accepted_.load(); }
  /// All requests so far, in the order of their arrival.
  [[nodiscard]] std::vector<ReceivedRequest> requests() const { return log_.requests(); }
  /// Whether `count` requests or more have arrived; false when `timeout` is over.
  [[nodiscard]] bool wait_for_requests(std::size_t count,
                                       std::chrono::milliseconds timeout = patience) const {
    return log_.wait_for_requests(count, timeout);
  }

 private:
  struct Connection {
    Descriptor socket;
    std::thread thread;
  };

  void accept_connections();
  void serve(Connection& connection, std::size_t index);
  /// More bytes of a request; false when there will be none.
  [[nodiscard]] bool receive(const Connection& connection, std::string& bytes) const;
  [[nodiscard]] Reply answer(const ReceivedRequest& request);

  Descriptor listener_;
  const std::uint16_t port_;
  Gate released_;
  Gate stopping_;
  std::atomic<std::size_t> accepted_{0};
  ReceivedLog log_;
  std::mutex mutex_;
  std::map<std::string, Handler, std::less<>> routes_;  // guarded by mutex_
  std::list<Connection> connections_;  // guarded by mutex_; elements stay where they are
  std::thread acceptor_;
};

}  // namespace async_http_pool::test
