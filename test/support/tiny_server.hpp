#pragma once

#include "support/descriptor.hpp"
#include "support/gate.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace async_http_pool::test {

/// The cheapest server there is, for thousands of requests on a sanitized, busy machine: one
/// thread, no log, requests without a body. By the target's beginning:
///   /fast      200 "ok"
///   /hold      no answer, ever
///   /redirect  302 to /fast
///   /drop      closes the connection without an answer
class TinyServer {
 public:
  TinyServer();
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  [[nodiscard]] std::string url(std::string_view path) const;

 private:
  struct Connection {
    Descriptor socket;
    std::string received;
  };

  void run();
  void accept_all();
  /// Answers what has come; false when the connection is over.
  [[nodiscard]] static bool serve(Connection& connection);

  Descriptor listener_;
  Descriptor epoll_;
  const std::uint16_t port_;
  Gate stopping_;
  std::map<int, Connection> connections_;  // the server's thread alone
  std::thread thread_;
};

}  // namespace async_http_pool::test
