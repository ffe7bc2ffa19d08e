#pragma once

#include "agent/response_collector.hpp"
#include "agent/transport.hpp"
#include "base/intrusive_list.hpp"
#include "base/mpsc_channel.hpp"
#include "base/timer_queue.hpp"
#include "config/effective_options.hpp"
#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "curl/quirks.hpp"

#include <async_http_pool/configuration.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace async_http_pool {

class Lane;
class RequestHandler;
class SocketTable;
struct Origin;

/// What request handlers need of their agent.
class RequestHandlerHost {
 public:
  virtual void on_handler_due(RequestHandler& handler) = 0;
  [[nodiscard]] virtual SocketTable& sockets() noexcept = 0;
  [[nodiscard]] virtual const Configuration& configuration() const noexcept = 0;
  [[nodiscard]] virtual const Quirks& quirks() const noexcept = 0;

 protected:
  ~RequestHandlerHost() = default;
};

/// One transfer: the easy handle, what libcurl calls back about it, and the response so far. Built
/// on the caller's thread, then posted to the agent as its own message.
class RequestHandler final : public MpscNode, public ListNode<RequestHandler>, public Timer {
 public:
  /// Where it is at present; kept by the agent, its lanes and its socket table.
  struct Placement {
    struct Socket {
      int fd = -1;
      std::uint32_t generation = 0;
    };
    Lane* lane = nullptr;
    Origin* origin = nullptr;
    Socket socket;  ///< the one that libcurl last named for it
  };

  /// any-thread. Throws `std::bad_alloc` and `CurlError`. `host` and `listener` must outlive it.
  RequestHandler(TransferOrder order, TransferListener& listener, RequestHandlerHost& host,
                 EasyHandle easy);
  ~RequestHandler() = default;

  // All the rest: agent-thread.

  [[nodiscard]] static RequestHandler* of(CURL* easy) noexcept;
  [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
  [[nodiscard]] const TransferOrder& order() const noexcept { return order_; }
  [[nodiscard]] EffectiveOptions options() const noexcept {
    return {order_.request.config(), host_.configuration().request_config()};
  }
  [[nodiscard]] TransferListener& listener() noexcept { return listener_; }

  /// Joins the agent's share; before the first start.
  void use_share(CURLSH* share) { easy_.set<CURLOPT_SHARE>(share); }
  /// Whether the attempt that just ended must be made again: the connection was found poisoned
  /// before anything was sent on it.
  [[nodiscard]] bool needs_fresh_connection() const noexcept { return is_connection_poisoned_; }
  /// Makes it ready for that.
  void restart_on_fresh_connection(CURLSH* share);

  [[nodiscard]] bool is_multiplexed() const noexcept {
    return easy_.info<long>(CURLINFO_HTTP_VERSION, 0) >= CURL_HTTP_VERSION_2_0;
  }
  /// The outcome, when libcurl says `code`; the handle has left its multi.
  [[nodiscard]] TransferResult finish(CURLcode code);
  /// The outcome when it is ended from outside.
  [[nodiscard]] TransferResult fail(TransferFailure failure);
  /// The easy handle, for another request.
  [[nodiscard]] EasyHandle take_easy() noexcept { return std::move(easy_); }

  void on_due() override { host_.on_handler_due(*this); }

  Placement placement;

 private:
  void configure();
  void set_body_and_method();
  void set_header_lines();
  void set_connection_options();
  void set_tls_options();
  void set_callbacks();

  // Called by libcurl.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_about_to_send(void* self, char* remote_ip, char* local_ip, int remote_port,
                              int local_port) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* sockets, curl_socket_t fd) noexcept;
  [[nodiscard]] bool may_send(const char* remote_ip, const char* local_ip, int remote_port,
                              int local_port);
  void note_exception() noexcept;
  void note_missing_socket(int error);

  TransferOrder order_;
  TransferListener& listener_;
  RequestHandlerHost& host_;
  EasyHandle easy_;
  HeaderLines header_lines_;
  ResponseCollector response_;
  std::optional<TransferFailure>
      own_failure_;  // found by us inside a callback; libcurl only knows "aborted"
  std::vector<int> opened_sockets_;
  std::size_t header_bytes_when_sent_ = 0;
  bool was_sent_ = false;
  bool is_connection_poisoned_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace async_http_pool
