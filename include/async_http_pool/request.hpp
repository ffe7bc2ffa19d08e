#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/multipart.hpp>
#include <async_http_pool/request_config.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

class BodySource;
class CookieJar;
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
  /// the builder refuses a value or knows no such option in `config`. A document may name files
  /// of this machine (`body_file`, `multipart`, options of TLS), which are read when the request is
  /// sent, and set any option, those that protect too (`deny_private_addresses`,
  /// `danger_accept_invalid_certs`): read none from strangers without a look at these.
  static Request from_json(std::string_view text, const ParseLimits& limits = {});
  /// `{"http_method":"get","url":...,"headers":{...},"body":...,"timeout":seconds,"max_redirects":...}`,
  /// `"body_file":path` or
  /// `"multipart":[{"name":...,"value":...,"file_name":...,"content_type":...},
  /// {"name":...,"file":path,...}]` when that is its body, and `"config":{...}` when other options
  /// are set. A `body` or `value` that is no UTF-8 is an object,
  /// `{"encoding":"binary","value":base64,"charset":...}`. Throws `std::logic_error` for a request
  /// with a `body_source`, which has no form in JSON.
  [[nodiscard]] std::string to_json() const;

  /// As sent: "GET". In JSON the standard methods are in lower case, others as they are.
  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& url() const noexcept;
  /// Scheme, host and port of the URL (RFC 6454), by which connections, limits of a host and the
  /// budget of retries are counted: "https://example.com:443".
  [[nodiscard]] const std::string& origin() const noexcept;
  [[nodiscard]] const Headers& headers() const noexcept;
  /// The bytes of the body; none when there is no body, which differs from an empty one only on the
  /// wire.
  [[nodiscard]] const std::optional<std::string>& body() const noexcept;
  /// The file whose bytes are the body; none when the body is something else.
  [[nodiscard]] const std::optional<std::string>& body_file() const noexcept;
  /// The parts that make up the body; none when the body is something else.
  [[nodiscard]] const std::optional<Multipart>& multipart() const noexcept;
  /// What supplies the body while it is sent; null when the body is something else.
  [[nodiscard]] const std::shared_ptr<BodySource>& body_source() const noexcept;
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const noexcept;
  [[nodiscard]] std::optional<int> max_redirects() const noexcept;

  /// The jar of this request; null when it uses that of its client. Not part of the JSON.
  [[nodiscard]] const std::shared_ptr<CookieJar>& cookie_jar() const noexcept;

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
  /// The same without a copy of the bytes.
  RequestBuilder& body(std::string&& bytes);
  RequestBuilder& body(const char* text) { return body(std::string_view(text)); }
  /// `value` as JSON; sets `content-type` to "application/json; encoding=utf-8" unless one is
  /// given.
  RequestBuilder& json(const Value& value);
  /// The bytes of a file, read when they are sent, on the agent's thread, which waits for the disk
  /// (nothing for a network mount that may hang): it must be a regular file then, and keep its
  /// size; else the request ends in `ErrorCode::request_body`. Refused like `body`, and together
  /// with it.
  RequestBuilder& body_file(std::string_view path);
  /// The members of an object, encoded as those of `params`, as the body; sets `content-type` to
  /// "application/x-www-form-urlencoded" unless one is given. Refused like `body`, and together
  /// with it.
  RequestBuilder& form(const Value& object);
  /// A body of several parts, multipart/form-data (RFC 7578). A `content-type` must not be given:
  /// it has to name the boundary. Refused like `body`, and together with it.
  RequestBuilder& multipart(const Multipart& parts);
  /// A body that is supplied while it is sent. Copies of the request share it. Throws when it is
  /// null; refused like `body`, and together with it.
  RequestBuilder& body_source(std::shared_ptr<BodySource> source);
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
  /// ten years.
  RequestBuilder& timeout(std::chrono::milliseconds value);
  /// Overrides `Configuration::max_redirects`; 0 follows none.
  RequestBuilder& max_redirects(int value);

  /// Options of this request alone; what is set goes before what was set earlier, also `timeout`
  /// and `max_redirects`.
  RequestBuilder& config(const RequestConfig& value);

  /// Cookies are kept in this jar and taken from it, instead of that of the client.
  RequestBuilder& cookie_jar(std::shared_ptr<CookieJar> value) noexcept;

  /// Throws also when the credentials in the options come beside an `authorization` header, or
  /// `bearer_token` beside `username` or `password`.
  [[nodiscard]] Request build() const;

 private:
  friend class Request;
  friend class RequestTemplate;  // gives it headers and parameters to start from
  RequestBuilder(std::string_view method, std::string_view url);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace async_http_pool
