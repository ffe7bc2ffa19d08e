#pragma once

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// What kind of failure an `Error` is.
enum class ErrorType {
  timeout,             ///< a time limit of ours was reached
  connection,          ///< the connection could not be made, or broke
  ssl,                 ///< TLS failed, or the peer could not be verified
  response_too_large,  ///< a size limit of ours was reached
  http_error,          ///< a response other than 2xx, for a task that asked for it
  redirect,            ///< a chain of redirects that cannot be followed to its end
  unknown              ///< everything else
};

/// As in JSON: "timeout", "connection"...
[[nodiscard]] AHP_EXPORT std::string_view to_string(ErrorType type) noexcept;

/// What went wrong exactly.
enum class ErrorCode {
  none,
  request_timeout,     ///< the task's time was over
  connect_timeout,     ///< no connection within `connection_timeout`
  first_byte_timeout,  ///< no response within `first_byte_timeout` of the request
  idle_timeout,        ///< nothing came or went for `idle_timeout`
  attempt_timeout,     ///< one attempt took longer than `attempt_timeout`
  low_speed,           ///< slower than `low_speed_limit` for `low_speed_time`
  name_resolution,     ///< the host name has no address
  connection_refused,  ///< nobody listens, or the network says no
  connection_lost,     ///< the peer closed or reset the connection before the response was complete
  response_lost,       ///< a reused connection died with a request on it that may not be sent twice
  truncated_response,  ///< the response ended early
  proxy_failure,       ///< the proxy refused, failed, is not trusted or cannot be reached
  tls_handshake,       ///< TLS could not be negotiated
  tls_verification,    ///< the server's certificate is not trusted
  tls_configuration,   ///< a certificate file of ours cannot be used
  body_too_large,      ///< beyond `max_response_size`
  headers_too_large,   ///< beyond `max_header_size` or `max_header_count`
  stream_refused,      ///< HTTP/2: the server did not take the request (REFUSED_STREAM, GOAWAY)
  request_body,        ///< the request's body could not be read, or not be sent once more
  content_decoding,    ///< the body does not match its content-encoding
  protocol_violation,  ///< the peer does not speak HTTP properly
  unsafe_redirect,     ///< a redirect to a URL that is not followed
  forbidden_address,   ///< an address that `deny_private_addresses` refuses
  unsupported_option,  ///< the libcurl that is loaded lacks what an option asks for
  out_of_resources,    ///< memory, threads or file descriptors
  cancelled,           ///< the application gave it up, or its client was shut down
  not_mocked,          ///< a test's mock has no answer, and the network was not allowed
  internal             ///< a failure inside the library or libcurl
};

/// As in JSON: "request_timeout", "connection_refused"...
[[nodiscard]] AHP_EXPORT std::string_view to_string(ErrorCode code) noexcept;

/// What all errors know of their request.
struct ErrorContext {
  std::string url = {};
  std::string method = {};
  std::string request_id = {};
  std::chrono::nanoseconds duration{0};
  CallbackArgs callback_args;
  Metrics metrics = {};
  /// What the application's own code threw, if that was the reason.
  std::exception_ptr cause = {};
};

/// The failure of a request. Immutable; given to `TaskHandler::on_error`, and throwable.
class AHP_EXPORT Error : public std::exception {
 public:
  ~Error() override;
  [[nodiscard]] const char* what() const noexcept final { return message().c_str(); }
  [[nodiscard]] const std::string& message() const noexcept;
  [[nodiscard]] ErrorType error_type() const noexcept;
  /// The name in JSON: "AsyncHttpPool::ClientError".
  [[nodiscard]] virtual std::string_view error_class() const noexcept = 0;
  [[nodiscard]] const std::string& url() const noexcept;
  /// "GET"
  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& request_id() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds duration() const noexcept;
  [[nodiscard]] const CallbackArgs& callback_args() const noexcept;
  /// What the request cost until it failed; all zero for an error that was read from JSON.
  [[nodiscard]] const Metrics& metrics() const noexcept;
  /// What a `BodySource` or `TaskHandler::on_body` threw, where that failed the request; null in
  /// all other cases, and not part of the JSON.
  [[nodiscard]] std::exception_ptr cause() const noexcept;

  /// Reads what any of the classes writes, also the Ruby original's, and finds the class: an
  /// `HttpError` has a `response`, a `RedirectError` has `redirects`, a `RequestError` neither.
  /// Unknown members are ignored. Throws `ParseError`.
  static std::unique_ptr<Error> from_json(std::string_view text, const ParseLimits& limits = {});
  /// The JSON of the concrete class; see there.
  [[nodiscard]] virtual std::string to_json() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Error> clone() const = 0;

 protected:
  Error(ErrorType type, std::string message, ErrorContext context);
  Error(const Error&) noexcept;
  Error& operator=(const Error&) noexcept;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// A response other than 2xx, for tasks with `raise_error_responses`.
class AHP_EXPORT HttpError : public Error {
 public:
  /// A `ClientError` for 4xx, a `ServerError` for 5xx, else an `HttpError`.
  static std::unique_ptr<HttpError> create(Response response);
  ~HttpError() override;
  [[nodiscard]] int status() const noexcept { return response_.status(); }
  [[nodiscard]] const Response& response() const noexcept { return response_; }
  [[nodiscard]] std::string_view error_class() const noexcept override;
  /// `{"response":{...}}`
  [[nodiscard]] std::string to_json() const final;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;

 protected:
  explicit HttpError(Response response);

 private:
  Response response_;
};

/// 4xx
class AHP_EXPORT ClientError final : public HttpError {
 public:
  ~ClientError() override;
  [[nodiscard]] std::string_view error_class() const noexcept override;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;

 private:
  friend class HttpError;
  using HttpError::HttpError;
};

/// 5xx
class AHP_EXPORT ServerError final : public HttpError {
 public:
  ~ServerError() override;
  [[nodiscard]] std::string_view error_class() const noexcept override;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;

 private:
  friend class HttpError;
  using HttpError::HttpError;
};

/// A chain of redirects that was given up.
class AHP_EXPORT RedirectError : public Error {
 public:
  ~RedirectError() override;
  /// The URLs visited, oldest first.
  [[nodiscard]] const std::vector<std::string>& redirects() const noexcept;
  /// `{"error_class":...,"url":...,"http_method":...,"duration":...,"request_id":...,"redirects":[...],
  /// "callback_args":{...}}`
  [[nodiscard]] std::string to_json() const final;

 protected:
  RedirectError(std::string message, ErrorContext context, std::vector<std::string> redirects);

 private:
  std::shared_ptr<const std::vector<std::string>> redirects_;
};

/// More redirects than `max_redirects`. `url()` is the location that was not followed.
class AHP_EXPORT TooManyRedirectsError final : public RedirectError {
 public:
  TooManyRedirectsError(const ErrorContext& context, const std::vector<std::string>& redirects);
  ~TooManyRedirectsError() override;
  [[nodiscard]] std::string_view error_class() const noexcept override;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;
};

/// A redirect to a URL of the same chain. `url()` is that URL.
class AHP_EXPORT RecursiveRedirectError final : public RedirectError {
 public:
  RecursiveRedirectError(const ErrorContext& context, std::vector<std::string> redirects);
  ~RecursiveRedirectError() override;
  [[nodiscard]] std::string_view error_class() const noexcept override;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;
};

/// A request that got no (usable) response.
class AHP_EXPORT RequestError final : public Error {
 public:
  RequestError(ErrorType type, ErrorCode code, std::string message, ErrorContext context);
  ~RequestError() override;
  /// None when it was read from the JSON of the Ruby original, which knows no codes.
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] std::string_view error_class() const noexcept override;
  /// What failed underneath: "AsyncHttpPool::TimeoutError" and the like, after the type; of an
  /// error that was read from JSON, the name that stood there.
  [[nodiscard]] std::string_view class_name() const noexcept;
  /// The lines that the Ruby original added; an error of this library has none.
  [[nodiscard]] const std::vector<std::string>& backtrace() const noexcept;
  /// `{"class_name":...,"message":...,"backtrace":[],"request_id":...,"error_type":"timeout","duration":...,
  /// "url":...,"http_method":...,"callback_args":{...},"code":"request_timeout"}`.
  [[nodiscard]] std::string to_json() const override;
  [[nodiscard]] std::unique_ptr<Error> clone() const override;

 private:
  friend class RequestErrorAccess;  // from_json gives it the foreign parts
  struct Origin;
  RequestError(ErrorType type, ErrorCode code, std::string message, ErrorContext context,
               Origin origin);
  ErrorCode code_;
  std::shared_ptr<const Origin> origin_;  // shared by copies
};

}  // namespace async_http_pool
