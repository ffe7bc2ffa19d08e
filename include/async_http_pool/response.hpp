#pragma once

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// What a `Response` is made of.
struct ResponseParts {
  int status = 0;  ///< 0 to 999
  Headers headers = {};
  std::optional<std::string> body =
      {};  ///< after content decoding; none when the response has no body
  std::chrono::nanoseconds duration{0};  ///< at most 9223372036 s
  std::string request_id;
  std::string url;
  std::string method;  ///< as for `Request::builder`, or empty
  CallbackArgs callback_args;
  std::vector<std::string> redirects;
  Headers trailers = {};
  Metrics metrics = {};
  std::optional<TlsInfo> tls = {};
};

/// An HTTP response. An immutable value; copies share their content and are cheap, on any thread.
class AHP_EXPORT Response {
 public:
  /// Throws `std::invalid_argument` for a part beyond its bounds: what can be made can be read
  /// again.
  explicit Response(ResponseParts parts);

  /// Reads the form that `to_json` writes, also from the Ruby original. Unknown members are
  /// ignored; a `duration` of null reads as 0. Headers may be what `Request::from_json` takes.
  /// Throws `ParseError`.
  static Response from_json(std::string_view text, const ParseLimits& limits = {});

  [[nodiscard]] int status() const noexcept;
  [[nodiscard]] const Headers& headers() const noexcept;
  /// The bytes as received, after content decoding; empty when there is no body.
  [[nodiscard]] const std::string& body() const noexcept;
  [[nodiscard]] bool has_body() const noexcept;
  /// From the start of the (last) request to the end of its response.
  [[nodiscard]] std::chrono::nanoseconds duration() const noexcept;
  [[nodiscard]] const std::string& request_id() const noexcept;
  /// The URL that answered: the last one of a chain of redirects.
  [[nodiscard]] const std::string& url() const noexcept;
  /// The method that was answered: "GET".
  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const CallbackArgs& callback_args() const noexcept;
  /// The URLs that were redirected from, oldest first.
  [[nodiscard]] const std::vector<std::string>& redirects() const noexcept;
  /// The fields behind the body (RFC 9110, section 6.5), which are kept apart from the headers: a
  /// server may put anything there, a content-length too.
  [[nodiscard]] const Headers& trailers() const noexcept;
  /// What it cost; all zero for a response that did not come over the network just now.
  [[nodiscard]] const Metrics& metrics() const noexcept;
  /// How its connection was secured; none without TLS, and when it was read from JSON.
  [[nodiscard]] const std::optional<TlsInfo>& tls() const noexcept;

  [[nodiscard]] bool is_success() const noexcept { return status() / 100 == 2; }
  [[nodiscard]] bool is_redirect() const noexcept { return status() / 100 == 3; }
  [[nodiscard]] bool is_client_error() const noexcept { return status() / 100 == 4; }
  [[nodiscard]] bool is_server_error() const noexcept { return status() / 100 == 5; }
  [[nodiscard]] bool is_error() const noexcept { return is_client_error() || is_server_error(); }

  /// The first `content-type`; empty when there is none. Fields that stand several times are joined
  /// by commas in JSON: of those the first counts, too, for the members below.
  [[nodiscard]] std::string_view content_type() const noexcept;
  /// Whether the content type is JSON: application/json, text/json, or one that ends in +json.
  [[nodiscard]] bool is_json() const noexcept;
  /// The body as UTF-8, converted from the charset of the content type; without one it is taken for
  /// UTF-8. A byte order mark is removed. Throws `std::invalid_argument` when the charset is not
  /// known to iconv or the body does not follow it.
  [[nodiscard]] std::string text() const;
  /// The body as JSON, whatever charset it has (see `text`). Throws `std::invalid_argument` when
  /// the content type is not JSON, `ParseError` when the body is not.
  [[nodiscard]] Value json(const ParseLimits& limits = {}) const;

  /// `{"status":200,"headers":{...},"body":{"encoding":"text","value":...,"charset":"UTF-8"},"duration":...,
  /// "request_id":...,"url":...,"http_method":"get","callback_args":{...},"redirects":[...]}`,
  /// and `"trailers":{...}` when there are any.
  /// Encodes the body when it is called: text as it is, large text deflated, all else base64.
  [[nodiscard]] std::string to_json() const;

 private:
  std::shared_ptr<const ResponseParts> parts_;
};

}  // namespace async_http_pool
