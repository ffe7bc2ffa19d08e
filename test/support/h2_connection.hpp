#pragma once

#include "support/descriptor.hpp"
#include "support/h2_frames.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// A request that has come completely.
struct H2Request {
  std::size_t number = 0;      ///< of all of its server, from 0
  std::size_t connection = 0;  ///< its number, from 0
  std::size_t index = 0;       ///< of those on its connection, from 0
  std::uint32_t stream = 0;    ///< 0 for a request of HTTP/1.1
  std::size_t body_bytes = 0;
};

class H2Connection;

/// What a server does on a connection. On a thread of the connection's own.
struct H2Script {
  /// With each request. May wait for gates.
  std::function<void(H2Connection&, const H2Request&)> on_request;
  /// When the connection stands; the settings are sent already.
  std::function<void(H2Connection&)> on_open = {};
  /// With each frame that is not of a request or a window.
  std::function<void(H2Connection&, const H2Frame&)> on_frame = {};
};

/// What a connection reports. Any thread.
class H2Log {
 public:
  /// Gives the request its `number`.
  virtual void note_request(H2Request& request) = 0;
  /// A frame other than those of requests: RST_STREAM, PING...
  virtual void note_frame(const H2Frame& frame) = 0;

 protected:
  ~H2Log() = default;
};

/// One connection of an `H2Server`. Says whatever it is told to, in whatever order: only
/// `send_body` heeds the client's windows. All members but `abort`: the connection's thread.
class H2Connection {
 public:
  /// How a connection ends.
  enum class End { orderly, silent, reset };

  /// `context` null: without TLS.
  H2Connection(std::size_t index, Descriptor socket, SSL_CTX* context, H2Log& log);

  /// Serves until the client is gone, or `abort`.
  void run(const H2Script& script);
  /// Ends `run` soon. Any thread.
  void abort();

  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  void send(std::string_view bytes);
  void send(const H2Frame& frame) { send(encode(frame)); }
  /// Fields, `:status` among them; with H2Flags::none there is more to come.
  void send_headers(std::uint32_t stream, const H2Fields& fields,
                    std::uint8_t flags = H2Flags::end_headers);
  void send_data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = H2Flags::none);
  /// A complete response.
  void respond(std::uint32_t stream, std::string_view body, int status = 200);
  void send_reset(std::uint32_t stream, H2Error error);
  void send_goaway(std::uint32_t last_stream, H2Error error);
  void send_setting(std::uint16_t name, std::uint32_t value);
  void send_ping();
  /// So many bytes as DATA, as fast as the connection's window lets them go; reads what comes
  /// meanwhile. False when the client is gone.
  [[nodiscard]] bool send_body(std::uint32_t stream, std::size_t bytes, std::uint8_t last_flags);
  /// FIN after a farewell of TLS, FIN without one, or RST.
  void end(End how);

 private:
  struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
  };

  [[nodiscard]] bool open(SSL_CTX* context);
  void serve(const H2Script& script);
  void close();
  [[nodiscard]] bool receive(std::size_t count, std::string& bytes);
  /// Reads one frame and does what is due; false at the end.
  [[nodiscard]] bool read_frame();
  void handle(const H2Frame& frame);
  void handle_data(const H2Frame& frame);
  void complete(std::uint32_t stream);
  void serve_http1(const H2Script& script);

  const std::size_t index_;
  H2Log& log_;
  std::mutex mutex_;
  Descriptor socket_;  // what closes it, and other threads, hold mutex_
  SSL_CTX* const context_;
  const H2Script* script_ = nullptr;  // while it runs
  std::unique_ptr<BIO, FreeBio> bio_;
  std::map<std::uint32_t, H2Request> open_requests_;
  std::deque<H2Request> complete_requests_;
  std::size_t request_count_ = 0;
  std::int64_t window_ = 65'535;
};

}  // namespace async_http_pool::test
