// Bodies of a `BodySource`, by a real libcurl and real servers; those of memory and files are
// tested with the whole library.
#include "curl/request_body.hpp"

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/request.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "curl/multi_handle.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/h2_server.hpp"
#include "support/scripted_server.hpp"
#include "support/watchdog.hpp"

namespace async_http_pool {
namespace {

using namespace test;

Request upload(const std::string& url, std::shared_ptr<BodySource> source) {
  return Request::put(url).body_source(std::move(source)).build();
}

std::shared_ptr<BodySource> source_of(std::string text, BodySourceOptions options = {}) {
  return make_body_source(
      [text = std::move(text), place = std::size_t{0}](std::span<char> buffer) mutable {
        const std::size_t count = text.copy(buffer.data(), buffer.size(), place);
        place += count;
        return count;
      },
      std::move(options));
}

std::string numbered(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ' ';
  bytes.resize(size);
  return bytes;
}

std::size_t ignore_body(char* /*data*/, std::size_t size, std::size_t count, void* /*self*/) {
  return size * count;
}

/// Does what an agent does for one transfer.
class Transfer {
 public:
  Transfer(MultiHandle& multi, Request request)
      : request_(std::move(request)), body_(request_), lines_(4, 100), multi_(multi) {
    easy_.set<CURLOPT_URL>(request_.url().c_str());
    easy_.set<CURLOPT_NOSIGNAL>(1L);
    easy_.set<CURLOPT_PROXY>("");
    easy_.set<CURLOPT_WRITEFUNCTION>(&ignore_body);
    body_.configure(easy_, lines_);
    lines_.suppress("expect");
    easy_.set<CURLOPT_HTTPHEADER>(lines_.list());
    body_.set_notify([this] {
      is_noticed_ = true;
      multi_.wake();
    });
  }

  EasyHandle& easy() { return easy_; }
  RequestBody& body() { return body_; }

  /// What libcurl ends with; none when the body failed.
  std::optional<CURLcode> run() {
    if (body_.open(easy_)) return std::nullopt;
    multi_.add(easy_.get());
    const std::optional<CURLcode> code = drive();
    multi_.remove(easy_.get());
    body_.close();
    return code;
  }

 private:
  std::optional<CURLcode> drive() {
    for (;;) {
      int running = 0;
      check(curl_multi_perform(multi_.get(), &running), "curl_multi_perform");
      while (body_.wants_fill() || is_noticed_.exchange(false)) {
        const bool is_awaited = body_.fill();
        if (body_.failure()) return std::nullopt;
        if (is_awaited) check(curl_easy_pause(easy_.get(), CURLPAUSE_CONT), "curl_easy_pause");
      }
      if (const CURLMsg* message = multi_.next_message()) return message->data.result;
      multi_.poll({}, 100);
    }
  }

  Request request_;
  RequestBody body_;
  HeaderLines lines_;
  EasyHandle easy_;
  MultiHandle& multi_;
  std::atomic<bool> is_noticed_ = false;
};

TEST_CASE("a body of unknown size goes out in chunks, one of known size with its length") {
  const Watchdog watchdog("an upload");
  DynamicServer server;
  MultiHandle multi;
  const std::string text = numbered(GENERATE(0U, 1U, 65'536U, 300'000U));
  const bool is_known = GENERATE(false, true);
  CAPTURE(text.size(), is_known);
  BodySourceOptions options;
  if (is_known) options.size = text.size();
  Transfer transfer(multi, upload(server.url("/echo"), source_of(text, options)));
  CHECK(RequestBody::is_in(upload(server.url("/echo"), source_of(text))));
  REQUIRE(transfer.run() == CURLE_OK);
  const ReceivedRequest request = server.requests().at(0);
  CHECK(request.method == "PUT");
  CHECK((request.body == text));
  CHECK(request.header("transfer-encoding") == (is_known ? "" : "chunked"));
  CHECK(request.header("content-length") == (is_known ? std::to_string(text.size()) : ""));
  CHECK(request.header("content-type").empty());
}

TEST_CASE("a body that is written while it is sent arrives, whenever it comes") {
  const Watchdog watchdog("a written upload");
  DynamicServer server;
  MultiHandle multi;
  const std::string text = numbered(500'000);
  const std::size_t piece = GENERATE(100U, 70'000U);
  const bool is_known = GENERATE(false, true);
  BodyWriterOptions options{.capacity = 10'000};
  if (is_known) options.size = text.size();
  BodyWriter writer(options);
  Transfer transfer(multi, upload(server.url("/echo"), writer.source()));
  bool is_written = true;
  std::thread thread([&] {
    for (std::size_t i = 0; i < text.size(); i += piece)
      is_written = writer.write(std::string_view(text).substr(i, piece)) && is_written;
    writer.finish();
  });
  const auto code = transfer.run();
  thread.join();
  CHECK(code == CURLE_OK);
  CHECK(is_written);
  CHECK((server.requests().at(0).body == text));
}

TEST_CASE("HTTP/2 knows no chunks") {
  const Watchdog watchdog("an upload by HTTP/2");
  H2Server server(std::nullopt, {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, "ok");
                  }});
  MultiHandle multi;
  Transfer transfer(multi, upload(server.url(), source_of(numbered(50'000))));
  transfer.easy().set<CURLOPT_HTTP_VERSION>(long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
  REQUIRE(transfer.run() == CURLE_OK);
  CHECK(server.requests().at(0).body_bytes == 50'000);
}

TEST_CASE("HTTP/1.0 takes no body of unknown size") {
  const Watchdog watchdog("an upload by HTTP/1.0");
  DynamicServer server;
  MultiHandle multi;
  const auto source = source_of("text");
  Transfer transfer(multi, upload(server.url("/echo"), source));
  transfer.easy().set<CURLOPT_HTTP_VERSION>(long{CURL_HTTP_VERSION_1_0});
  CHECK(transfer.run() == CURLE_UPLOAD_FAILED);
  Transfer other(multi, upload(server.url("/echo"), source));  // as nothing was read
  CHECK(other.run() == CURLE_OK);
}

TEST_CASE("a body that fails under way ends its request, and the next one fares well") {
  const Watchdog watchdog("a failing upload");
  DynamicServer server;
  MultiHandle multi;
  int reads = 0;
  const auto source = make_body_source([&](std::span<char> buffer) {
    if (++reads == 4) throw std::runtime_error("no more");
    buffer[0] = 'x';
    return std::size_t{1};
  });
  Transfer transfer(multi, upload(server.url("/echo"), source));
  CHECK_FALSE(transfer.run().has_value());
  Transfer next(multi, upload(server.url("/echo"), source_of("fine")));
  CHECK(next.run() == CURLE_OK);
  CHECK(server.requests().size() == 1);
  CHECK(server.requests().at(0).body == "fine");
}

TEST_CASE("libcurl sends a small body again when an old connection was dead, a large one not") {
  const Watchdog watchdog("a dead connection");
  ScriptedServer server({expect_request(), send(response(200, "again")), again()});
  server.on_connection(0,
                       {expect_request(), send(response(200, "first")), expect_request(), reset()});
  const std::size_t size = GENERATE(1000U, 300'000U);
  const std::string text = numbered(size);
  MultiHandle multi;
  Transfer first(multi, upload(server.url(), source_of("1")));
  REQUIRE(first.run() == CURLE_OK);
  Transfer second(multi, upload(server.url(), source_of(text)));
  const auto code = second.run();
  if (size < SourceBuffer::bytes_max) {
    CHECK(code == CURLE_OK);
    CHECK((server.requests().back().body == text));
    CHECK(server.connections() == 2);
  } else {
    CHECK(code != CURLE_OK);
    CHECK(server.requests().back().body.size() == size);  // the one that was lost
  }
}

TEST_CASE("an attempt that read nothing leaves the body to the next one") {
  const Watchdog watchdog("two attempts");
  DynamicServer server;
  MultiHandle multi;
  int rewinds = 0;
  const bool is_rewindable = GENERATE(false, true);
  BodySourceOptions options;
  if (is_rewindable) options.rewind = [&] { return ++rewinds > 0; };
  const auto source = source_of("text", options);
  Transfer unanswered(multi, upload("http://127.0.0.1:1/", source));
  CHECK(unanswered.run() == CURLE_COULDNT_CONNECT);
  Transfer first(multi, upload(server.url("/echo"), source));
  CHECK(first.run() == CURLE_OK);
  CHECK(server.requests().at(0).body == "text");
  CHECK(rewinds == 0);
  Transfer second(multi, upload(server.url("/echo"), source));
  CHECK(second.run().has_value() == is_rewindable);
  CHECK(rewinds == int{is_rewindable});
}

TEST_CASE("a libcurl that waits for bytes holds back none, and says that it waits") {
  const Watchdog watchdog("a paused upload");
  ScriptedServer server({expect_request(), send(response(200, "ok"))});
  MultiHandle multi;
  BodyWriter writer;
  Transfer transfer(multi, upload(server.url(), writer.source()));
  RequestBody& body = transfer.body();
  REQUIRE_FALSE(body.open(transfer.easy()).has_value());
  CHECK(body.has_bytes());
  CHECK_FALSE(body.is_paused());
  CHECK(writer.write("some"));
  multi.add(transfer.easy().get());
  const auto perform = [&] {
    int running = 0;
    check(curl_multi_perform(multi.get(), &running), "curl_multi_perform");
    multi.poll({}, 10);
  };
  while (!body.is_paused()) perform();
  REQUIRE(body.fill());
  CHECK_FALSE(body.is_paused());
  check(curl_easy_pause(transfer.easy().get(), CURLPAUSE_CONT), "curl_easy_pause");
  while (!body.is_paused()) perform();
  CHECK_FALSE(body.holds_back(transfer.easy()));
  CHECK_FALSE(body.wants_fill());  // before its notice
  writer.finish();
  REQUIRE(body.fill());
  check(curl_easy_pause(transfer.easy().get(), CURLPAUSE_CONT), "curl_easy_pause");
  const CURLMsg* message = nullptr;
  while ((message = multi.next_message()) == nullptr) perform();
  CHECK(message->data.result == CURLE_OK);
  multi.remove(transfer.easy().get());
  CHECK(server.requests().at(0).body == "some");
}

}  // namespace
}  // namespace async_http_pool
