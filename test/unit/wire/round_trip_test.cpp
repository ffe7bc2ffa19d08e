#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <async_http_pool/error.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>
#include "golden.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr unsigned seed = 20240607;  // stands in every failure

const std::array<const char*, 24> content_types = {"",
                                                   "text/plain",
                                                   "text/html; charset=utf-8",
                                                   "text/html; charset=UTF-8; x=charset=latin1",
                                                   "text/html; x=charset=latin1; charset=utf-8",
                                                   "text/html; charset=\"iso-8859-1\"",
                                                   "text/html; charset=iso-8859-1",
                                                   "text/html; Charset=ISO-8859-1",
                                                   "text/plain; charset=us-ascii",
                                                   "text/plain;charset=Shift_JIS",
                                                   "application/json; charset=utf-16",
                                                   "application/json; charset=utf-16le",
                                                   "application/json; charset=\"utf-16be\"",
                                                   "text/xml; charset=UTF-32",
                                                   "text/plain; charset=iso-2022-jp",
                                                   "text/plain; charset=gb18030",
                                                   "text/plain; charset=bogus",
                                                   "text/plain; charset=",
                                                   "application/vnd.api+json; charset=latin1",
                                                   "Application/JSON; charset=latin1",
                                                   "x/application/json; charset=koi8-r",
                                                   "image/png; charset=latin1",
                                                   "text/plain; charset=caf\xe9",
                                                   "text/plain, text/html; charset=latin1"};

const std::array<const char*, 12> pieces = {"a",      "{}",   "\xc3\xa9", "\xe6\x97\xa5",
                                            "\xff",   "\xe9", "\\",       "\x1b$B",
                                            "\x1b(B", "~{",   "\n",       "+AGE-"};

class Dice {
 public:
  Dice() : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }
  template <typename List>
  auto one_of(const List& list) {
    return list[below(std::size(list))];
  }

  std::string bytes() {
    std::string bytes;
    const std::size_t kind = below(4);
    const std::size_t parts = below(10) == 0 ? 4000 + below(3000) : below(20);
    for (std::size_t i = 0; i < parts; ++i) {
      if (kind == 0) bytes += static_cast<char>(below(256));
      if (kind == 1) bytes += static_cast<char>(below(128));
      if (kind == 2) bytes += one_of(pieces);
      if (kind == 3) bytes += below(2) == 0 ? "\xc3\xa9" : "\xe6\x97\xa5";
    }
    return bytes;
  }

  Value value(int depth = 0) {
    switch (below(depth > 3 ? 5 : 7)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return static_cast<std::int64_t>((std::uint64_t{random_()} << 32) | random_());
      case 3:
        return static_cast<double>(random_()) / 3e5 - 5000;
      case 4:
        return one_of(std::array{"", "é☃😀", "\n\"\\", "plain"});
      case 5:
        return Value::array({value(depth + 1), value(depth + 1)});
      default:
        return object(depth + 1);
    }
  }

  Value object(int depth) {
    Value::Object members;
    for (std::size_t i = below(4); i > 0; --i)
      members.emplace_back("k" + std::to_string(i), value(depth));
    return members;
  }

  CallbackArgs callback_args() { return CallbackArgs(object(0)); }
  std::chrono::nanoseconds duration() {
    return std::chrono::nanoseconds((std::uint64_t{random_()} << 20) % 8'000'000'000'000'000 +
                                    below(1000));
  }
  std::vector<std::string> urls() {
    std::vector<std::string> urls(below(3));
    for (std::string& url : urls) url = "http://x/" + std::to_string(below(1000));
    return urls;
  }

  Response response() {
    ResponseParts parts;
    parts.status = static_cast<int>(below(1000));
    parts.headers.add("content-type", one_of(content_types));
    if (below(8) == 0) parts.headers.add("content-type", one_of(content_types));
    for (std::size_t i = below(3); i > 0; --i)
      parts.headers.add("set-cookie", "a=" + std::to_string(i));
    if (below(10) != 0) parts.body = bytes();
    parts.duration = duration();
    parts.request_id = std::to_string(below(1000));
    parts.url = "https://x/é";
    parts.method = one_of(std::array{"GET", "POST", "PURGE", "purge"});
    parts.callback_args = callback_args();
    parts.redirects = urls();
    return Response(std::move(parts));
  }

  std::unique_ptr<Error> error() {
    const ErrorContext context{"http://x/", "GET", "r", duration(), callback_args()};
    switch (below(4)) {
      case 0:
        return HttpError::create(response());
      case 1:
        return std::make_unique<TooManyRedirectsError>(context, urls());
      case 2:
        return std::make_unique<RecursiveRedirectError>(context, urls());
      default:
        return std::make_unique<RequestError>(
            one_of(std::array{ErrorType::timeout, ErrorType::ssl, ErrorType::unknown}),
            static_cast<ErrorCode>(below(19)), "message é", context);
    }
  }

  Request request() {
    RequestBuilder builder = Request::builder(one_of(std::array{"POST", "DELETE", "x"}),
                                              "http://x/" + std::to_string(below(1000)));
    if (below(2) == 0) builder.header("content-type", one_of(std::array{"text/plain", "a; b"}));
    if (below(2) == 0) builder.header("x-a", "é");
    builder.body(bytes());
    if (below(2) == 0) builder.timeout(std::chrono::milliseconds(1 + below(31'536'000'000)));
    if (below(2) == 0) builder.max_redirects(static_cast<int>(below(2147483648)));
    return builder.build();
  }

  /// Flips, cuts, inserts, repeats or nests.
  std::string damaged(std::string text) {
    for (std::size_t hits = below(3) + 1; hits > 0; --hits) {
      const std::size_t at = below(text.size() + 1);
      const std::size_t length = std::min(below(30), text.size() - at);
      const std::size_t kind = below(6);
      if (kind == 0 && at < text.size()) text[at] = static_cast<char>(below(256));
      if (kind == 1) text.erase(at, length);
      if (kind == 2) text.insert(at, one_of(pieces));
      if (kind == 3) text.insert(below(text.size() + 1), text.substr(at, length));
      if (kind == 4) text.insert(at, std::string(below(300), below(2) == 0 ? '[' : '{'));
      if (kind == 5) text.insert(at, one_of(std::array{"null", "1e999", "-1", "\"\"", "\"a\":"}));
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

bool is_same(const Response& left, const Response& right) {
  return left.status() == right.status() && left.body() == right.body() &&
         left.has_body() == right.has_body() && left.duration() == right.duration() &&
         left.request_id() == right.request_id() && left.url() == right.url() &&
         left.method() == right.method() && left.callback_args() == right.callback_args() &&
         left.redirects() == right.redirects() &&
         left.headers().get_all("set-cookie") == right.headers().get_all("set-cookie");
}

/// Reads as what it claims to be, and as everything else.
void read_as_all(const std::string& text) {
  const auto attempt = [](auto read) {
    try {
      read();
    } catch (const ParseError&) {
      return;
    }
  };
  attempt([&] { static_cast<void>(Response::from_json(text).to_json()); });
  attempt([&] { static_cast<void>(Error::from_json(text)->to_json()); });
  attempt([&] { static_cast<void>(Request::from_json(text).to_json()); });
  attempt([&] { static_cast<void>(CallbackArgs::from_json(text).to_json()); });
}

}  // namespace

TEST_CASE("Any response survives being written and read, byte for byte") {
  Dice dice;
  for (int i = 0; i < 4000; ++i) {
    const Response response = dice.response();
    const std::string json = response.to_json();
    if (!is_same(Response::from_json(json), response))
      FAIL("seed " << seed << ", response " << i << ": " << json.substr(0, 1000));
  }
}

TEST_CASE("A response at its bounds survives being written and read") {
  using namespace std::chrono_literals;
  for (const auto duration : {0ns, 1ns, 999'999'999ns, std::chrono::nanoseconds(9223372036s)}) {
    for (const int status : {0, 999}) {
      ResponseParts parts;  // with an empty URL and method
      parts.status = status;
      parts.duration = duration;
      const Response response(std::move(parts));
      CHECK(is_same(Response::from_json(response.to_json()), response));
      const auto error = HttpError::create(response);
      CHECK(Error::from_json(error->to_json())->to_json() == error->to_json());
    }
  }
  const RequestError error(ErrorType::unknown, ErrorCode::internal, "x", ErrorContext{});
  CHECK(Error::from_json(error.to_json())->to_json() == error.to_json());
}

TEST_CASE("An HTTP error with the deepest arguments is a job that Ruby reads") {
  Value value = 1;
  for (int i = 0; i < 95; ++i) value = Value::array({std::move(value)});
  ResponseParts parts;
  parts.status = 500;
  parts.callback_args = CallbackArgs{{"a", std::move(value)}};
  const auto error = HttpError::create(Response(std::move(parts)));
  ParseLimits ruby;
  ruby.depth_max = 100;
  CHECK_NOTHROW(Value::from_json(R"({"args":[)" + error->to_json() + "]}", ruby));
}

TEST_CASE("Any error survives being written and read") {
  Dice dice;
  for (int i = 0; i < 2000; ++i) {
    const std::unique_ptr<Error> error = dice.error();
    const std::string json = error->to_json();
    const std::unique_ptr<Error> again = Error::from_json(json);
    if (again->error_class() != error->error_class() || again->message() != error->message() ||
        again->error_type() != error->error_type() || again->duration() != error->duration() ||
        again->callback_args() != error->callback_args() ||
        Error::from_json(again->to_json())->to_json() != again->to_json()) {
      FAIL("seed " << seed << ", error " << i << ": " << json.substr(0, 1000));
    }
    const auto* request_error = dynamic_cast<const RequestError*>(error.get());
    if (request_error != nullptr && again->to_json() != json)
      FAIL("seed " << seed << ", error " << i << ": " << json);
  }
}

TEST_CASE("Any request survives being written and read") {
  Dice dice;
  for (int i = 0; i < 2000; ++i) {
    const Request request = dice.request();
    if (!(Request::from_json(request.to_json()) == request))
      FAIL("seed " << seed << ", request " << i << ": " << request.to_json().substr(0, 1000));
  }
}

TEST_CASE("A damaged document is read or refused, and nothing else") {
  Dice dice;
  const Value manifest = golden("MANIFEST");
  for (const auto& [name, expected] : manifest["docs"].as_object()) {
    const std::string text = golden_text(name);
    for (int i = 0; i < 150; ++i) {
      const std::string damaged = dice.damaged(text);
      INFO("seed " << seed << ", " << name << " " << i << ": " << damaged.substr(0, 2000));
      try {
        read_as_all(damaged);
      } catch (const std::exception& error) {
        FAIL(error.what());
      }
    }
  }
}

}  // namespace async_http_pool
