#pragma once

#include <async_http_pool/error.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// An answer that a test gives instead of a server. A value type; setters can be chained.
///
///     ahp::MockAnswer(200).header("content-type", "text/plain").body("hello")
class AHP_EXPORT MockAnswer {
 public:
  /// Throws `std::invalid_argument` unless 200 to 599.
  explicit MockAnswer(int status);
  /// The request fails without a response, as it would over the network: retries and all.
  static MockAnswer failure(ErrorType type, ErrorCode code, std::string_view message);

  /// Adds a field, beside others of that name. Throws like `Headers::add`, as `trailer` does.
  /// Nothing is added to the headers that are given, no `content-length` either.
  MockAnswer& header(std::string_view name, std::string_view value);
  /// The body as the application is to see it: nothing is decoded.
  MockAnswer& body(std::string_view bytes);
  /// The same as JSON; adds a `content-type` unless one is given.
  MockAnswer& json(const Value& value);
  /// A body that comes in pieces, for those who stream it.
  MockAnswer& pieces(std::vector<std::string> pieces);
  MockAnswer& trailer(std::string_view name, std::string_view value);
  /// Time until the headers come, and between two pieces; up to 24 hours. Time limits count as
  /// ever.
  MockAnswer& delay(std::chrono::milliseconds value);
  /// The connection breaks behind the pieces, before the body is complete.
  MockAnswer& broken(bool value = true);

 private:
  friend class MockAccess;
  struct State;
  std::shared_ptr<const State> state_;
};

/// A request that a mock transport saw.
struct MockCall {
  Request request;      ///< of this attempt: a redirect's own
  std::string cookies;  ///< that a jar added
  bool is_answered;     ///< by a rule; false: refused, or left to a recording or the network
};

/// Answers requests in tests instead of servers: give it to `Configuration::set_mock_transport`,
/// and `Client`, `Processor` and `SynchronousExecutor` behave as they would with servers that
/// answer so, with redirects, retries, limits, cookies, streams and threads. any-thread
///
///     auto mock = std::make_shared<ahp::MockTransport>();
///     mock->on("GET", "https://api.example.com/user/*").reply(ahp::MockAnswer(200).json({...}));
///
/// What no rule matches is refused with `ErrorCode::not_mocked`, so that no test sends anything by
/// accident. So is a request whose predicate or responder throws, with the message.
class AHP_EXPORT MockTransport {
 public:
  using Predicate = std::function<bool(const Request& request)>;
  /// Answers `request`, on the thread that submits it, or the agent's for redirects and retries.
  /// Like predicates, it may be called by several threads at once, and may call the mock.
  using Responder = std::function<MockAnswer(const Request& request)>;

  /// A rule under construction; each `reply` adds one. One thread at a time.
  class AHP_EXPORT Rule {
   public:
    /// Only requests that have this header, of this value; `cookie` with those of a jar, others as
    /// the application gave them.
    Rule& with_header(std::string_view name, std::string_view value);
    /// Only requests with this body, in memory: not a file's or the like.
    Rule& with_body(std::string_view bytes);
    /// Only requests for which it is true. Throws `std::invalid_argument` when it is null, as
    /// `reply` does when there is no answer.
    Rule& when(Predicate predicate);
    /// How many requests it answers before it is used up; 0, the default: any number.
    Rule& times(std::size_t count);
    void reply(MockAnswer answer);
    /// One after the other; the last one for all that follow.
    void reply(const std::vector<MockAnswer>& answers);
    void reply(Responder responder);

   private:
    friend class MockTransport;
    struct State;
    explicit Rule(std::shared_ptr<State> state) noexcept;
    std::shared_ptr<State> state_;
  };

  MockTransport();
  ~MockTransport();
  MockTransport(const MockTransport&) = delete;
  MockTransport& operator=(const MockTransport&) = delete;

  /// For requests of `method` ("*": any) to `url`, where * stands for any characters but a slash
  /// and
  /// ** for any at all ("*" alone: any URL); a URL without a query matches any query. Rules that
  /// were added later go first. Throws `std::invalid_argument` for what no request can match.
  [[nodiscard]] Rule on(std::string_view method, std::string_view url);

  /// Whether what no rule matches may go to the network. Default false.
  void allow_network(bool value) noexcept;

  /// All requests so far, oldest first: they are kept until `reset`.
  [[nodiscard]] std::vector<MockCall> calls() const;
  /// How many of them `method` and `url` match, as in `on`.
  [[nodiscard]] std::size_t call_count(std::string_view method, std::string_view url) const;
  /// The rules with `times` that are not used up, as "GET URL": empty when all was called for.
  [[nodiscard]] std::vector<std::string> unused() const;
  /// Forgets calls and rules.
  void reset();

 private:
  friend class MockAccess;
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with requests under way
};

/// What a `Recording` does with a request.
enum class RecordingMode {
  replay,    ///< answers from the file; what is not in there fails with `ErrorCode::not_mocked`
  record,    ///< sends it, and keeps the answer; the file is written anew
  automatic  ///< replays what is in the file, records what is not
};

struct RecordingOptions {
  RecordingMode mode = RecordingMode::automatic;
  /// Headers, of requests and responses, whose value is not written to the file, besides
  /// `sensitive_headers`' default, `authorization` and cookies.
  std::vector<std::string> masked_headers = {};
  /// Query parameters whose value is not written, and not compared; besides those whose name tells
  /// of a secret (token, key, signature...).
  std::vector<std::string> masked_params = {};
  /// A response with a larger body is not kept, which is logged to stderr.
  std::size_t body_bytes_max = std::size_t{16} << 20;
};

/// Keeps what servers answered in a JSON file, and answers from it later, so that tests need no
/// network: see `Configuration::set_recording`. A request matches a kept one of the same method,
/// URL and body (of files the names count, of a `BodySource` nothing); several of them are answered
/// in the order in which they were sent, the last one again and again. Each attempt is kept, with
/// those of redirects and retries, unless it failed; bodies are kept as they are, with the secrets
/// in them. any-thread
class AHP_EXPORT Recording {
 public:
  /// Throws `std::system_error` when the file cannot be read (`replay`), `ParseError` when it is no
  /// recording.
  explicit Recording(std::string_view path, const RecordingOptions& options = {});
  /// As `save`, if there is something new; a failure is logged to stderr.
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// Writes the file, by a new one that takes its place. Throws `std::system_error`.
  void save();
  [[nodiscard]] std::size_t size() const;

 private:
  friend class MockAccess;
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with requests under way
};

}  // namespace async_http_pool
