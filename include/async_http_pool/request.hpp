#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/request_config.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

class RequestBuilder;

/// An HTTP request: method, URL, headers, body and its own limits. An immutable value; copies share
/// their content and are cheap, on any thread.
class AHP_EXPORT Request {
 public:
  static RequestBuilder get(std::string_view url);
  static RequestBuilder head(std::string_view url);
  static RequestBuilder post(std::string_view url);
  static RequestBuilder put(std::string_view url);
  static RequestBuilder patch(std::string_view url);
  static RequestBuilder delete_(std::string_view url);
  static RequestBuilder options(std::string_view url);
  /// A request of any method: a token (RFC 9110, section 9.1) other than CONNECT and TRACE. The
  /// names of the standard methods may be in any case; others are sent as given.
  static RequestBuilder builder(std::string_view method, std::string_view url);

  /// Reads the form that `to_json` writes, also from the Ruby original. Unknown members are
  /// ignored, and so are headers that `RequestBuilder::header` reserves for the library, which the
  /// original lets pass. A header that is a number or a bool counts as its JSON text, null as none,
  /// an array as several of one name. Throws `ParseError` when it is not JSON, lacks a member, or
  /// the builder refuses a value.
  static Request from_json(std::string_view text, const ParseLimits& limits = {});
  /// `{"http_method":"get","url":...,"headers":{...},"body":...,"timeout":seconds,"max_redirects":...}`,
  /// and `"config":{...}` when other options are set.
  [[nodiscard]] std::string to_json() const;

  /// As sent: "GET". In JSON the standard methods are in lower case, others as they are.
  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& url() const noexcept;
  [[nodiscard]] const Headers& headers() const noexcept;
  /// The bytes of the body; none when there is no body, which differs from an empty one only on the
  /// wire.
  [[nodiscard]] const std::optional<std::string>& body() const noexcept;
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const noexcept;
  [[nodiscard]] std::optional<int> max_redirects() const noexcept;

  /// The options that this request sets itself, in `RequestBuilder::config`.
  [[nodiscard]] const RequestConfig& config() const noexcept;

  friend AHP_EXPORT bool operator==(const Request& left, const Request& right) noexcept;

 private:
  friend class RequestBuilder;
  struct State;
  explicit Request(std::shared_ptr<const State> state) noexcept;
  std::shared_ptr<const State> state_;
};

/// Collects the parts of a `Request`. Every member checks what it is given and throws
/// `std::invalid_argument` naming the offending value. One thread at a time.
class AHP_EXPORT RequestBuilder {
 public:
  ~RequestBuilder();
  RequestBuilder(RequestBuilder&&) noexcept;
  RequestBuilder& operator=(RequestBuilder&&) noexcept;

  /// Sets a header and replaces one of the same name; a value must be UTF-8. What describes the
  /// message or the connection is the library's business and refused: `host`, `content-length`,
  /// `transfer-encoding`, `connection`, `keep-alive`, `te`, `trailer`, `upgrade`,
  /// `proxy-connection` and `expect`.
  RequestBuilder& header(std::string_view name, std::string_view value);
  /// All of `headers`, or none when one is refused; a name that stands several times stays so.
  RequestBuilder& headers(const Headers& headers);
  /// The bytes to send; an empty body is none. Refused for GET and HEAD, and together with `json`.
  RequestBuilder& body(std::string_view bytes);
  /// `value` as JSON; sets `content-type` to "application/json; encoding=utf-8" unless one is
  /// given.
  RequestBuilder& json(const Value& value);
  /// Adds `name=value` to the query, behind what the URL has, encoded as
  /// application/x-www-form-urlencoded (WHATWG URL, section 5.2). One name may be given several
  /// times.
  RequestBuilder& param(std::string_view name, std::string_view value);
  /// Adds the members of an object, or none when one is refused: an array repeats its name (an
  /// empty one gives nothing), null gives the bare name, integers and bools are written as in JSON,
  /// doubles as Ruby does ("2.0", "1.0e+20"). Throws for other values, and for anything that is no
  /// object.
  RequestBuilder& params(const Value& object);
  /// Time from `enqueue` to the outcome; overrides `Configuration::request_timeout`. From 1 ms to
  /// 365 days.
  RequestBuilder& timeout(std::chrono::milliseconds value);
  /// Overrides `Configuration::max_redirects`; 0 follows none.
  RequestBuilder& max_redirects(int value);

  /// Options of this request alone; what is set goes before what was set earlier, also `timeout`
  /// and `max_redirects`.
  RequestBuilder& config(const RequestConfig& value);

  [[nodiscard]] Request build() const;

 private:
  friend class Request;
  friend class RequestTemplate;  // gives it headers and parameters to start from
  RequestBuilder(std::string_view method, std::string_view url);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace async_http_pool
