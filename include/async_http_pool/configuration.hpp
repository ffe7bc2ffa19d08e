#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/logger.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// How the agent waits for sockets.
enum class SelectorKind {
  automatic,  ///< the best this system has
  epoll,      ///< Linux: cost does not grow with the number of idle sockets
  poll        ///< every POSIX system
};

/// The options of a processor. A value type; a processor copies it when it is made.
///
/// Every setter checks its value and throws `std::invalid_argument` naming the option and the
/// value, and leaves the configuration as it was. Setters can be chained.
class AHP_EXPORT Configuration {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // --- How much ---

  /// Tasks that may be queued and in flight together, 1 to 1 000 000. Default 256. Beyond it,
  /// `Processor::enqueue` throws `MaxCapacityError`. Each may need a socket: mind `ulimit -n`.
  Configuration& set_max_connections(int value);
  [[nodiscard]] int max_connections() const noexcept { return max_connections_; }

  /// Origins (scheme, host, port) whose idle connections are kept, at least 1. Default 100. The
  /// connections of the least recently used one are closed first.
  Configuration& set_connection_pool_size(int value);
  [[nodiscard]] int connection_pool_size() const noexcept { return connection_pool_size_; }

  /// Threads that drive transfers, 1 to 64. Default 1. Origins are spread over them.
  Configuration& set_agents(int value);
  [[nodiscard]] int agents() const noexcept { return agents_; }

  /// Transfers that share one libcurl multi handle, 1 to 100 000. Default 128. See ARCHITECTURE.md,
  /// *Lanes*.
  Configuration& set_lane_size(int value);
  [[nodiscard]] int lane_size() const noexcept { return lane_size_; }

  // --- How long ---

  /// Time that a task may take from `enqueue` to its outcome, redirects and retries included,
  /// unless its request says otherwise. At least 1 ms. Default 60 s.
  Configuration& set_request_timeout(Milliseconds value);
  [[nodiscard]] Milliseconds request_timeout() const noexcept { return request_timeout_; }

  /// Time to establish a connection: DNS, TCP and TLS. At least 1 ms; none (the default) leaves it
  /// to the request timeout.
  Configuration& set_connection_timeout(std::optional<Milliseconds> value);
  [[nodiscard]] std::optional<Milliseconds> connection_timeout() const noexcept {
    return connection_timeout_;
  }

  /// Time that `Processor::stop` gives to requests in flight. At least 1 ms. Default 23 s.
  Configuration& set_shutdown_timeout(Milliseconds value);
  [[nodiscard]] Milliseconds shutdown_timeout() const noexcept { return shutdown_timeout_; }

  /// Callbacks that take longer are logged and observed. At least 1 ms. Default 100 ms.
  Configuration& set_slow_callback_threshold(Milliseconds value);
  [[nodiscard]] Milliseconds slow_callback_threshold() const noexcept {
    return slow_callback_threshold_;
  }

  // --- How large ---

  /// Bytes of a response body after decoding, at least 1. Default 1 MiB. A larger one ends in a
  /// `RequestError` of type response_too_large.
  Configuration& set_max_response_size(std::size_t value);
  [[nodiscard]] std::size_t max_response_size() const noexcept { return max_response_size_; }

  /// Bytes of a response's header fields, trailers included, at least 1. Default 256 KiB.
  Configuration& set_max_header_size(std::size_t value);
  [[nodiscard]] std::size_t max_header_size() const noexcept { return max_header_size_; }

  /// Number of a response's header fields, trailers included, at least 1. Default 1000.
  Configuration& set_max_header_count(int value);
  [[nodiscard]] int max_header_count() const noexcept { return max_header_count_; }

  // --- What happens ---

  /// Redirects that are followed, at least 0. Default 5; 0 hands the 3xx to the application.
  Configuration& set_max_redirects(int value);
  [[nodiscard]] int max_redirects() const noexcept { return max_redirects_; }

  /// Attempts after the first, 0 to 100. Default 3. Only idempotent requests (RFC 9110,
  /// section 9.2.2) whose connection failed before any byte of a response, and any request that
  /// surely never reached a server.
  Configuration& set_retries(int value);
  [[nodiscard]] int retries() const noexcept { return retries_; }

  /// Longest pause before the first retry; it doubles with each further one, up to 30 s. The actual
  /// pause is random between half of that and all of it. At least 1 ms. Default 100 ms.
  Configuration& set_retry_delay(Milliseconds value);
  [[nodiscard]] Milliseconds retry_delay() const noexcept { return retry_delay_; }

  /// Whether responses other than 2xx are errors, unless the task says otherwise. Default false.
  Configuration& set_raise_error_responses(bool value) noexcept;
  [[nodiscard]] bool raise_error_responses() const noexcept { return raise_error_responses_; }

  /// The `user-agent` of requests that have none; an empty one sends no such header. Default
  /// "AsyncHttpPool".
  Configuration& set_user_agent(std::string_view value);
  [[nodiscard]] const std::string& user_agent() const noexcept { return user_agent_; }

  /// Proxy for all requests: an http or https URL, credentials allowed; empty (the default) for
  /// none. Proxies named by environment variables are not used.
  Configuration& set_proxy_url(std::string_view value);
  [[nodiscard]] const std::string& proxy_url() const noexcept { return proxy_url_; }

  /// File of the certificate authorities (PEM) that servers are verified against; empty (the
  /// default) for the system's.
  Configuration& set_ca_file(std::string_view value);
  [[nodiscard]] const std::string& ca_file() const noexcept { return ca_file_; }

  /// How sockets are waited for. Default automatic. Throws where the system has no epoll.
  Configuration& set_selector(SelectorKind value);
  [[nodiscard]] SelectorKind selector() const noexcept { return selector_; }

  /// Where messages go; null for nowhere. Default: stderr, from error on.
  Configuration& set_logger(std::shared_ptr<Logger> value) noexcept;
  [[nodiscard]] const std::shared_ptr<Logger>& logger() const noexcept { return logger_; }

 private:
  int max_connections_ = 256;
  int connection_pool_size_ = 100;
  int agents_ = 1;
  int lane_size_ = 128;
  int max_header_count_ = 1000;
  int max_redirects_ = 5;
  int retries_ = 3;
  bool raise_error_responses_ = false;
  SelectorKind selector_ = SelectorKind::automatic;
  Milliseconds request_timeout_ = std::chrono::seconds(60);
  Milliseconds shutdown_timeout_ = std::chrono::seconds(23);
  Milliseconds slow_callback_threshold_{100};
  Milliseconds retry_delay_{100};
  std::optional<Milliseconds> connection_timeout_;
  std::size_t max_response_size_ = std::size_t{1} << 20;
  std::size_t max_header_size_ = std::size_t{256} << 10;
  std::string user_agent_ = "AsyncHttpPool";
  std::string proxy_url_;
  std::string ca_file_;
  std::shared_ptr<Logger> logger_ = make_stderr_logger();
};

}  // namespace async_http_pool
