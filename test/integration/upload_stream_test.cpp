// Bodies of requests that are made while they are sent: by a source that is asked, or by a thread
// that writes.
#include "support/body_forms.hpp"
#include "support/body_pieces.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/h2_server.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/thrown_outcome.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Catch::Matchers::Contains;

/// Gives certain bytes, in pieces of at most `piece_bytes`.
class TextSource final : public BodySource {
 public:
  struct Options {
    std::optional<std::uint64_t> size = {};
    std::size_t piece_bytes = 10'000;
    bool can_rewind = true;
  };
  TextSource(std::string bytes, Options options) : bytes_(std::move(bytes)), options_(options) {}

  std::optional<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count =
        std::min({buffer.size(), options_.piece_bytes, bytes_.size() - position_});
    std::copy_n(bytes_.data() + position_, count, buffer.begin());
    position_ += count;
    return count;
  }
  std::optional<std::uint64_t> size() const override { return options_.size; }
  bool rewind() override {
    if (options_.can_rewind) position_ = 0;
    ++rewinds_;
    return options_.can_rewind;
  }
  [[nodiscard]] int rewinds() const noexcept { return rewinds_; }

 private:
  const std::string bytes_;
  const Options options_;
  std::size_t position_ = 0;
  std::atomic<int> rewinds_ = 0;
};

std::shared_ptr<TextSource> source_of(std::string bytes, TextSource::Options options = {}) {
  return std::make_shared<TextSource>(std::move(bytes), options);
}

/// Has nothing to give until the test says so.
class LateSource final : public BodySource {
 public:
  std::optional<std::size_t> read(std::span<char> buffer) override {
    const std::lock_guard lock(mutex_);
    asked_.open();
    if (bytes_.empty()) return is_over_ ? std::optional<std::size_t>(0) : std::nullopt;
    const std::size_t count = std::min(buffer.size(), bytes_.size());
    std::copy_n(bytes_.data(), count, buffer.begin());
    bytes_.erase(0, count);
    return count;
  }
  void set_notify(std::function<void()> notify) override {
    const std::lock_guard lock(mutex_);
    notify_ = std::move(notify);
  }
  void give(std::string_view bytes) {
    std::function<void()> notify;
    {
      const std::lock_guard lock(mutex_);
      bytes_ += bytes;
      is_over_ = bytes.empty();
      notify = notify_;
    }
    if (notify) notify();
  }
  [[nodiscard]] const Gate& asked() const noexcept { return asked_; }

 private:
  Gate asked_;
  std::mutex mutex_;
  std::string bytes_;             // guarded by mutex_
  bool is_over_ = false;          // guarded by mutex_
  std::function<void()> notify_;  // guarded by mutex_
};

/// Writes all of `bytes` in pieces of various sizes.
void write_all(BodyWriter& writer, std::string_view bytes) {
  for (std::size_t size = 1; !bytes.empty() && writer.write(bytes.substr(0, size));) {
    bytes.remove_prefix(std::min(size, bytes.size()));
    size = size * 7 % 100'003;
  }
}

}  // namespace

TEST_CASE("a source's bytes arrive, by their length or in chunks") {
  DynamicServer server;
  const Client client(without_retries());
  const bool is_known = GENERATE(false, true);
  for (const std::size_t size : {0U, 1U, 65'536U, 3'000'000U}) {
    INFO(size);
    const std::string bytes = numbered_bytes(size);
    TextSource::Options options;
    if (is_known) options.size = size;
    const Response response =
        client.execute(put(server.url("/status/200"), source_of(bytes, options)));
    CHECK(response.status() == 200);
    CHECK(response.metrics().bytes_sent >= static_cast<std::int64_t>(size));
    const ReceivedRequest request = server.requests().back();
    CHECK((request.body == bytes));
    CHECK(request.header("content-length") == (is_known ? std::to_string(size) : ""));
    CHECK(request.header("transfer-encoding") == (is_known ? "" : "chunked"));
  }
}

TEST_CASE("what a thread writes arrives, by its length or in chunks") {
  DynamicServer server;
  const Client client(without_retries());
  const std::string bytes = numbered_bytes(3'000'000);
  for (const std::size_t capacity : {std::size_t{1} << 10, std::size_t{1} << 16}) {
    for (const bool is_known : {false, true}) {
      BodyWriterOptions options{.capacity = capacity};
      if (is_known) options.size = bytes.size();
      BodyWriter writer(options);
      ResponseFuture future = client.send(put(server.url("/status/200"), writer.source()));
      write_all(writer, bytes);
      writer.finish();
      CHECK(future.get().status() == 200);
      CHECK((server.requests().back().body == bytes));
      CHECK(eventually([&] { return !writer.is_wanted(); }));
    }
  }
}

TEST_CASE("streamed bodies arrive over HTTP/2, several on one connection") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, std::to_string(r.body_bytes));
                  }});
  const Client client(trusting());
  std::vector<ResponseFuture> futures;
  std::vector<BodyWriter> writers(4);
  for (const BodyWriter& writer : writers)
    futures.push_back(client.send(put(server.url(), writer.source())));
  for (std::size_t i = 0; i < 4; ++i)
    futures.push_back(client.send(put(server.url(), source_of(numbered_bytes(300'000)))));
  for (int round = 0; round < 30; ++round)
    for (BodyWriter& writer : writers) CHECK(writer.write(std::string(10'000, 'w')));
  for (BodyWriter& writer : writers) writer.finish();
  for (ResponseFuture& future : futures) CHECK(future.get().body().text() == "300000");
  CHECK(server.connections() == 1);
}

TEST_CASE("a task's body may come from a source, too") {
  DynamicServer server;
  RunningProcessor processor(without_retries());
  const std::string bytes = numbered_bytes(300'000);
  CHECK(processor.run(put(server.url("/status/200"), source_of(bytes))).status() == 200);
  CHECK((server.requests().back().body == bytes));
  BodyWriter writer;
  const auto handler = processor.begin(put(server.url("/status/200"), writer.source()));
  write_all(writer, bytes);
  writer.finish();
  CHECK(handler->outcome().status() == 200);
  CHECK((server.requests().back().body == bytes));
}

TEST_CASE("a source that says later is asked again when it notifies") {
  const bool is_tls = GENERATE(false, true);
  const auto source = std::make_shared<LateSource>();
  const Client client(trusting());
  const std::string bytes = numbered_bytes(100'000);
  const auto give = [&](ResponseFuture& future) {
    REQUIRE(source->asked().wait());
    for (std::size_t i = 0; i < bytes.size(); i += 20'000) {
      CHECK_FALSE(future.wait_for(20ms));
      source->give(bytes.substr(i, 20'000));
    }
    source->give({});
  };
  if (is_tls) {
    H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                      c.respond(r.stream, std::to_string(r.body_bytes));
                    }});
    ResponseFuture future = client.send(put(server.url(), source));
    give(future);
    CHECK(future.get().body().text() == "100000");
  } else {
    DynamicServer server;
    ResponseFuture future = client.send(put(server.url("/status/200"), source));
    give(future);
    CHECK(future.get().status() == 200);
    CHECK((server.requests().back().body == bytes));
  }
  source->give("nobody asks");  // the request is long over
}

TEST_CASE(
    "a source of another length than it said fails its request, and is never taken for whole") {
  struct Row {
    std::size_t said;
    std::size_t given;
  };
  const std::vector<Row> rows = {{1000, 999}, {1000, 0}, {1000, 1001}, {100'000, 99'999}};
  for (const Row& row : rows) {
    INFO(row.said << " " << row.given);
    ScriptedServer server({expect_request(), send(response(200, "ok"))});
    const Client client(without_retries());
    const auto source = source_of(std::string(row.given, 's'), {.size = row.said});
    CHECK(failure_of([&] { return client.send(put(server.url(), source)).get(); }) ==
          "unknown request_body");
    CHECK(server.wait_for_peer_close(0));
    CHECK(server.requests().empty());
  }
}

TEST_CASE("what a source throws fails its request with its cause, and no other request") {
  DynamicServer server;
  const Client client(without_retries());
  const std::size_t good_bytes = GENERATE(0U, 1U, 500'000U);
  ResponseFuture before = client.send(Request::get(server.url("/hold")).build());
  const auto source = make_body_source([left = good_bytes](std::span<char> buffer) mutable {
    if (left == 0) throw std::out_of_range("the disk is on fire");
    const std::size_t count = std::min(left, buffer.size());
    std::fill_n(buffer.begin(), count, 's');
    left -= count;
    return count;
  });
  const Outcome outcome =
      outcome_of([&] { return client.send(put(server.url("/status/200"), source)).get(); });
  CHECK(outcome.summary() == "unknown request_body");
  CHECK_THAT(outcome.error().message(), Contains("the disk is on fire"));
  REQUIRE(outcome.error().cause() != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(outcome.error().cause()), std::out_of_range);
  CHECK(client.get(server.url("/bytes/10")).status() == 200);
  server.release();
  CHECK(before.get().body().text() == "held");
}

TEST_CASE("a writer that fails, or is dropped, fails its request, and is never taken for whole") {
  ScriptedServer server({expect_request(), send(response(200, "ok"))});
  const Client client(without_retries());
  std::optional<BodyWriter> writer(std::in_place);
  ResponseFuture future = client.send(put(server.url(), writer->source()));
  REQUIRE(writer->write("some"));
  SECTION("failed with a cause") {
    writer->fail(std::make_exception_ptr(std::domain_error("no more to say")));
    const Outcome outcome = outcome_of([&] { return future.get(); });
    CHECK(outcome.summary() == "unknown request_body");
    CHECK_THROWS_AS(std::rethrow_exception(outcome.error().cause()), std::domain_error);
    CHECK_FALSE(writer->is_wanted());
  }
  SECTION("dropped") {
    writer.reset();
    CHECK(failure_of([&] { return future.get(); }) == "unknown request_body");
  }
  SECTION("dropped before the request was sent") {
    BodyWriter early;
    const Request request = put(server.url(), early.source());
    early = BodyWriter();
    CHECK(failure_of([&] { return client.send(request).get(); }) == "unknown request_body");
    writer.reset();
  }
  CHECK(server.requests().empty());
}

TEST_CASE("a redirect that keeps the method sends the body of a source again, from its start") {
  const int status = GENERATE(307, 308);
  const bool is_early = GENERATE(false, true);  // before the body has come
  const std::string bytes = numbered_bytes(is_early ? 6'000'000 : 100'000);
  DynamicServer target;
  const RawListener listener;
  const auto source = source_of(bytes);
  const Client client(without_retries());
  ResponseFuture future = client.send(put(url_of(listener), source));
  const Descriptor connection = listener.accept();
  if (is_early) {
    REQUIRE(receive_bytes(connection, 100'000).size() >= 100'000);
  } else {
    CHECK((receive_request(connection).body == bytes));
  }
  send_all(connection, "HTTP/1.1 " + std::to_string(status) +
                           " Go\r\ncontent-length: 0\r\nlocation: " + target.url("/status/200") +
                           "\r\n\r\n");
  REQUIRE(future.get().status() == 200);
  CHECK((target.requests().back().body == bytes));
  CHECK(target.requests().back().method == "PUT");
  CHECK(source->rewinds() >= 1);
}

TEST_CASE("a redirect wants a body once more that cannot be had: that is an error") {
  DynamicServer server;
  server.route("/from", [&](const ReceivedRequest&) {
    return Reply{.status = 307, .headers = {{"location", "/status/200"}}, .body = {}};
  });
  const Client client(test_configuration());
  const auto source = source_of("once", {.can_rewind = false});
  const Outcome outcome =
      outcome_of([&] { return client.send(put(server.url("/from"), source)).get(); });
  CHECK(outcome.summary() == "unknown request_body");
  CHECK(server.requests().size() == 1);

  BodyWriter writer({.capacity = 10});
  ResponseFuture future = client.send(put(server.url("/from"), writer.source()));
  CHECK(writer.write(std::string(11, 'w')));  // more than it keeps
  writer.finish();
  CHECK(failure_of([&] { return future.get(); }) == "unknown request_body");
}

TEST_CASE(
    "a redirect that turns a POST into a GET wants no body, whether it can be rewound or not") {
  DynamicServer server;
  server.route("/from", [&](const ReceivedRequest&) {
    return Reply{.status = 303, .headers = {{"location", "/echo"}}, .body = {}};
  });
  const Client client(without_retries());
  const auto source = source_of("once", {.can_rewind = false});
  const Request request = Request::post(server.url("/from")).body_source(source).build();
  CHECK(client.execute(request).json()["method"] == Value("GET"));
}

TEST_CASE(
    "a failed attempt is made again with the source's bytes from their start, if they can be had") {
  const bool can_rewind = GENERATE(true, false);
  const std::string bytes = numbered_bytes(3'000'000);
  const RawListener listener;
  const auto source = source_of(bytes, {.can_rewind = can_rewind});
  const Client client(test_configuration());
  ResponseFuture future = client.send(put(url_of(listener), source));
  Descriptor first = listener.accept();
  REQUIRE(receive_bytes(first, 100'000).size() >= 100'000);
  test::reset(std::move(first));
  if (!can_rewind) {
    CHECK(failure_of([&] { return future.get(); }) == "connection connection_lost");
    return;
  }
  const Descriptor second = listener.accept();
  CHECK((receive_request(second).body == bytes));
  send_all(second, response(200, "ok"));
  CHECK(future.get().body().text() == "ok");
  CHECK(source->rewinds() == 1);
}

TEST_CASE("one source is for one request at a time, a second one fails") {
  ScriptedServer server({expect_request(), send(response(200, "ok"))});
  const Client client(without_retries());
  const auto source = std::make_shared<LateSource>();
  ResponseFuture first = client.send(put(server.url(), source));
  REQUIRE(source->asked().wait());
  CHECK(failure_of([&] { return client.send(put(server.url(), source)).get(); }) ==
        "unknown request_body");
  source->give("all");
  source->give({});
  CHECK(first.get().body().text() == "ok");
  CHECK(server.requests().size() == 1);
}
