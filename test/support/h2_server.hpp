#pragma once

#include "support/certificates.hpp"
#include "support/gate.hpp"
#include "support/h2_connection.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace async_http_pool::test {

/// An HTTP/2 server that does whatever a script says, frame for frame, on a free port of 127.0.0.1.
///
///     H2Server server(certificates().good(), {.on_request = [](auto& connection, auto& request) {
///                       connection.send_reset(request.stream, H2Error::refused_stream);
///                     }});
///
/// A client that does not offer HTTP/2 is served in HTTP/1.1: `stream` is 0 then. A thread for each
/// connection. All members: any thread.
class H2Server final : private H2Log {
 public:
  /// Without an identity it speaks HTTP/2 without TLS. Throws `std::runtime_error`.
  H2Server(const std::optional<ServerIdentity>& identity, H2Script script);
  ~H2Server();
  H2Server(const H2Server&) = delete;
  H2Server& operator=(const H2Server&) = delete;

  [[nodiscard]] std::string url(std::string_view path = "/") const;
  /// How many connections were accepted.
  [[nodiscard]] std::size_t connections() const;
  /// All requests so far, in the order of their end.
  [[nodiscard]] std::vector<H2Request> requests() const;
  /// How many such frames have come.
  [[nodiscard]] std::size_t frames(H2Type type) const;

  // Each waits until it is so; false when `timeout` is over.
  [[nodiscard]] bool wait_for_requests(std::size_t count,
                                       std::chrono::milliseconds timeout = patience) const;
  [[nodiscard]] bool wait_for_frames(H2Type type, std::size_t count,
                                     std::chrono::milliseconds timeout = patience) const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  void accept_all();
  void note_request(H2Request& request) override;
  void note_frame(const H2Frame& frame) override;

  const H2Script script_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  Descriptor listener_;
  const std::uint16_t port_;
  Gate stopping_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<H2Request> requests_;       // guarded by mutex_
  std::vector<H2Type> frames_;            // guarded by mutex_
  std::deque<H2Connection> connections_;  // grows, guarded by mutex_
  std::vector<std::thread> serving_;      // of thread_, until that is joined
  std::thread thread_;
};

}  // namespace async_http_pool::test
