#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/logger.hpp>

#include <async_http_pool/value.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

class PayloadStore;

/// Makes a store from options given at run time, as in `{"directory":"/var/lib/payloads"}`. Throws
/// `std::invalid_argument` naming the option that is missing, unknown or wrong.
using PayloadStoreFactory = std::function<std::shared_ptr<PayloadStore>(const Value& options)>;

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

  // --- Where large payloads go (see ExternalStorage) ---

  /// Adds a store under a name of your own, 1 to 1024 bytes of UTF-8 without
  /// control characters, which goes into references.
  /// The store that was registered last takes new payloads; all of them are read from. A name that
  /// was registered before gets the new store, and becomes the last. Copies of the configuration
  /// share the store. Throws `std::invalid_argument`.
  Configuration& register_payload_store(std::string_view name, std::shared_ptr<PayloadStore> store);
  /// The same with a store that `adapter` makes: "file", "redis", "s3", or one of yours. The
  /// options are those of `FileStoreOptions`, `RedisStoreOptions` and `S3StoreOptions` by name;
  /// times are in seconds.
  Configuration& register_payload_store(std::string_view name, std::string_view adapter,
                                        const Value& options);
  /// Makes `factory` known as `adapter`. Throws `std::invalid_argument` when the name is empty or
  /// taken.
  Configuration& register_payload_store_adapter(std::string_view adapter,
                                                PayloadStoreFactory factory);
  /// The store called `name`; null when there is none.
  [[nodiscard]] std::shared_ptr<PayloadStore> payload_store(std::string_view name) const noexcept;
  /// The name of the store that takes new payloads; empty when there is none.
  [[nodiscard]] std::string_view default_payload_store_name() const noexcept;
  /// In the order of their registration.
  [[nodiscard]] std::vector<std::string> payload_store_names() const;

  /// Bytes of JSON that a payload may have before `ExternalStorage` puts it into a store, at
  /// least 1. Default 65536.
  Configuration& set_payload_store_threshold(std::size_t value);
  [[nodiscard]] std::size_t payload_store_threshold() const noexcept {
    return payload_store_threshold_;
  }

 private:
  struct NamedPayloadStore {
    std::string name;
    std::shared_ptr<PayloadStore> store;
  };
  struct NamedPayloadStoreFactory {
    std::string adapter;
    PayloadStoreFactory factory;
  };

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
  std::size_t payload_store_threshold_ = std::size_t{64} << 10;
  std::string user_agent_ = "AsyncHttpPool";
  std::string proxy_url_;
  std::string ca_file_;
  std::shared_ptr<Logger> logger_ = make_stderr_logger();
  std::vector<NamedPayloadStore> payload_stores_;  // the last one takes new payloads
  std::vector<NamedPayloadStoreFactory> payload_store_factories_;  // of the application's own
};

}  // namespace async_http_pool
