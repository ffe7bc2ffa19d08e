#pragma once

#include <async_http_pool/client_config.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/logger.hpp>
#include <async_http_pool/option_types.hpp>
#include <async_http_pool/request_config.hpp>
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

class CookieJar;
class MockTransport;
class PayloadStore;
class Recording;

/// Makes a store from options given at run time, as in `{"directory":"/var/lib/payloads"}`. Throws
/// `std::invalid_argument` naming the option that is missing, unknown or wrong.
using PayloadStoreFactory = std::function<std::shared_ptr<PayloadStore>(const Value& options)>;

/// The options of a processor. A value type; a processor copies it when it is made.
///
/// It contains a `RequestConfig`, which holds for every request that does not set an option itself,
/// and a `ClientConfig`; the options used most have a setter of their own here.
///
/// Every setter checks its value and throws `std::invalid_argument` naming the option and the
/// value, and leaves the configuration as it was. Setters can be chained.
class AHP_EXPORT Configuration {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // --- All of them ---

  /// Takes over the options that are set in `value`. Credentials need an `auth_origin` here.
  Configuration& set_request_config(const RequestConfig& value);
  /// Has every option.
  [[nodiscard]] const RequestConfig& request_config() const noexcept { return request_config_; }
  Configuration& set_client_config(const ClientConfig& value);
  [[nodiscard]] const ClientConfig& client_config() const noexcept { return client_config_; }

  // --- How much ---

  /// Tasks that may be queued and in flight together, 1 to 1 000 000. Default 256. Beyond it,
  /// `Processor::enqueue` throws `MaxCapacityError`. Each may need a socket: mind `ulimit -n`.
  Configuration& set_max_connections(int value);
  [[nodiscard]] int max_connections() const noexcept { return max_connections_; }

  /// Origins (scheme, host, port) whose idle connections are kept, at least 1. Default 100. The
  /// connections of the least recently used one are closed first.
  Configuration& set_connection_pool_size(int value);
  [[nodiscard]] int connection_pool_size() const noexcept {
    return client_config_.connection_pool_size();
  }

  /// Threads that drive transfers, 1 to 64. Default 1. Origins are spread over them.
  Configuration& set_agents(int value);
  [[nodiscard]] int agents() const noexcept { return client_config_.agents(); }

  /// Transfers that share one libcurl multi handle, 1 to 100 000. Default 128. See ARCHITECTURE.md,
  /// *Lanes*.
  Configuration& set_lane_size(int value);
  [[nodiscard]] int lane_size() const noexcept { return client_config_.lane_size(); }

  // --- How long ---

  /// Time that a task may take from `enqueue` to its outcome, redirects and retries included,
  /// unless its request says otherwise. At least 1 ms. Default 60 s.
  Configuration& set_request_timeout(Milliseconds value);
  [[nodiscard]] Milliseconds request_timeout() const noexcept { return *request_config_.timeout(); }

  /// Time to establish a connection: DNS, TCP and TLS. At least 1 ms; none (the default) leaves it
  /// to the request timeout.
  Configuration& set_connection_timeout(std::optional<Milliseconds> value);
  [[nodiscard]] std::optional<Milliseconds> connection_timeout() const noexcept;

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
  [[nodiscard]] std::size_t max_response_size() const noexcept {
    return *request_config_.max_response_size();
  }

  /// Bytes of a response's header fields, trailers included, at least 1. Default 256 KiB.
  Configuration& set_max_header_size(std::size_t value);
  [[nodiscard]] std::size_t max_header_size() const noexcept {
    return *request_config_.max_header_size();
  }

  /// Number of a response's header fields, trailers included, at least 1. Default 1000.
  Configuration& set_max_header_count(int value);
  [[nodiscard]] int max_header_count() const noexcept {
    return *request_config_.max_header_count();
  }

  // --- What happens ---

  /// Redirects that are followed, at least 0. Default 5; 0 hands the 3xx to the application.
  Configuration& set_max_redirects(int value);
  [[nodiscard]] int max_redirects() const noexcept { return *request_config_.max_redirects(); }

  /// Attempts after the first, 0 to 100. Default 3. Only idempotent requests (RFC 9110,
  /// section 9.2.2) whose connection failed before any byte of a response, and any request that
  /// surely never reached a server; more by `retry_statuses` and `retry_unsafe`. No more than
  /// `retry_budget` allows.
  Configuration& set_retries(int value);
  [[nodiscard]] int retries() const noexcept { return *request_config_.retries(); }

  /// Longest pause before the first retry; it doubles with each further one, up to
  /// `retry_delay_max`. The actual pause is random between 0 and that. At least 1 ms. Default
  /// 100 ms.
  Configuration& set_retry_delay(Milliseconds value);
  [[nodiscard]] Milliseconds retry_delay() const noexcept { return *request_config_.retry_delay(); }

  /// Whether responses other than 2xx are errors, unless the task says otherwise. Default false.
  Configuration& set_raise_error_responses(bool value);
  [[nodiscard]] bool raise_error_responses() const noexcept {
    return *request_config_.raise_error_responses();
  }

  /// The `user-agent` of requests that have none; an empty one sends no such header. Default
  /// "AsyncHttpPool".
  Configuration& set_user_agent(std::string_view value);
  [[nodiscard]] const std::string& user_agent() const noexcept {
    return *request_config_.user_agent();
  }

  /// Proxy for all requests: an http, https or SOCKS URL, credentials allowed; empty (the default)
  /// for none. Those of the environment are used only when `proxy_from_environment` says so.
  Configuration& set_proxy_url(std::string_view value);
  [[nodiscard]] const std::string& proxy_url() const noexcept {
    return *request_config_.proxy_url();
  }

  /// File of the certificate authorities (PEM) that servers are verified against; empty (the
  /// default) for the system's.
  Configuration& set_ca_file(std::string_view value);
  [[nodiscard]] const std::string& ca_file() const noexcept { return *request_config_.ca_file(); }

  /// Keeps and gives the cookies of all requests with no jar of their own and `cookies` on; may be
  /// shared. Null, the default: none. They follow those of a request's own `cookie` field,
  /// where one of the same name gives way.
  Configuration& set_cookie_jar(std::shared_ptr<CookieJar> value) noexcept;
  [[nodiscard]] const std::shared_ptr<CookieJar>& cookie_jar() const noexcept {
    return cookie_jar_;
  }

  /// How sockets are waited for. Default automatic. Throws where the system has no epoll.
  Configuration& set_selector(SelectorKind value);
  [[nodiscard]] SelectorKind selector() const noexcept { return client_config_.selector(); }

  /// Where messages go; null for nowhere. Default: stderr, from error on.
  Configuration& set_logger(std::shared_ptr<Logger> value) noexcept;
  [[nodiscard]] const std::shared_ptr<Logger>& logger() const noexcept { return logger_; }

  // --- For tests ---

  /// Answers requests instead of the network. Null, the default: nothing does.
  Configuration& set_mock_transport(std::shared_ptr<MockTransport> value) noexcept;
  [[nodiscard]] const std::shared_ptr<MockTransport>& mock_transport() const noexcept {
    return mock_transport_;
  }
  /// Keeps what the network answers, or answers from what it has kept; behind a mock transport.
  /// Null, the default: nothing does.
  Configuration& set_recording(std::shared_ptr<Recording> value) noexcept;
  [[nodiscard]] const std::shared_ptr<Recording>& recording() const noexcept { return recording_; }

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

  RequestConfig request_config_ = RequestConfig::defaults();
  ClientConfig client_config_;
  int max_connections_ = 256;
  Milliseconds shutdown_timeout_ = std::chrono::seconds(23);
  Milliseconds slow_callback_threshold_{100};
  std::size_t payload_store_threshold_ = std::size_t{64} << 10;
  std::shared_ptr<Logger> logger_ = make_stderr_logger();
  std::shared_ptr<CookieJar> cookie_jar_;
  std::shared_ptr<MockTransport> mock_transport_;
  std::shared_ptr<Recording> recording_;
  std::vector<NamedPayloadStore> payload_stores_;  // the last one takes new payloads
  std::vector<NamedPayloadStoreFactory> payload_store_factories_;  // of the application's own
};

}  // namespace async_http_pool
