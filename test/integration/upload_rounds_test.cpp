// Streamed bodies whose request goes round more than once, by itself or by another one.
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/digest_guard.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/raw_listener.hpp"
#include "support/raw_upload.hpp"
#include "support/running_processor.hpp"
#include "support/script.hpp"
#include "support/thrown_outcome.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

using Catch::Matchers::Contains;

const std::string challenge =
    response(401, "who", "www-authenticate: Digest realm=\"x\", qop=\"auth\", nonce=\"n\"\r\n");

RequestConfig named(const TextList& schemes) {
  return RequestConfig()
      .set_auth(schemes)
      .set_username("user")
      .set_password("s3cret")
      .set_stream_timeout(patience);
}

Request put_as(const std::string& url, std::shared_ptr<BodySource> source,
               const TextList& schemes) {
  return Request::put(url).body_source(std::move(source)).config(named(schemes)).build();
}

/// Gives `bytes`, as often as it is rewound, which it counts.
std::shared_ptr<BodySource> source_of(const std::string& bytes, std::atomic<int>& rewinds,
                                      bool can_rewind = true) {
  const auto position = std::make_shared<std::size_t>(0);
  const auto read = [=](std::span<char> buffer) {
    const std::size_t count = bytes.copy(buffer.data(), buffer.size(), *position);
    *position += count;
    return count;
  };
  const auto rewind = [=, &rewinds] {
    ++rewinds;
    *position = 0;
    return can_rewind;
  };
  return make_body_source(read, {.rewind = rewind});
}

std::string receive_until(const Descriptor& connection, const std::string& text) {
  std::string received;
  while (!Contains(text).match(received)) {
    const std::string more = receive_bytes(connection, 1);
    if (more.empty()) break;
    received += more;
  }
  return received;
}

}  // namespace

TEST_CASE("an error behind a challenge ends an upload that waits for its writer") {
  // With a choice the first round has the body, too, and is given up in the middle.
  const TextList schemes = GENERATE(TextList{"digest"}, TextList{"digest", "basic"});
  CAPTURE(schemes.size());
  const RawListener listener;
  const Client client(without_retries());
  BodyWriter writer;
  ResponseFuture future = client.send(put_as(url_of(listener), writer.source(), schemes));
  REQUIRE(writer.write("abc"));
  const Descriptor first = listener.accept();
  std::optional<Descriptor> second;
  if (schemes.size() == 1) {
    CHECK_THAT(RawListener::receive_head(first),
               Contains("content-length: 0", Catch::CaseSensitive::No));
    send_all(first, challenge);
  } else {
    CHECK_THAT(receive_until(first, "abc"), Contains("chunked"));
    send_all(first, challenge);
    second.emplace(listener.accept());
  }
  const Descriptor& last = second ? *second : first;
  CHECK_THAT(receive_until(last, "abc"), Contains("uthorization: Digest"));
  send_all(last, response(413, "enough"));
  StreamingResponse early = future.get();
  CHECK(early.status() == 413);
  CHECK(early.body().text() == "enough");
  CHECK_FALSE(writer.write("def"));
  receive_to_end(last);
}

TEST_CASE("after a challenge a source's body of any length is sent again, if it can be had") {
  DynamicServer server;
  server.route("/guarded", guarded_by_digest({.username = "user", .password = "s3cret"},
                                             [](const ReceivedRequest& request) {
                                               return Reply{.headers = {}, .body = request.body};
                                             }));
  const Client client(without_retries());
  const TextList schemes = {"digest", "basic"};  // so that the first round has the body
  for (const std::size_t size : {10U, 65'000U, 65'536U, 1'000'000U}) {
    INFO(size);
    std::atomic<int> rewinds = 0;
    const std::string bytes = numbered_bytes(size);
    const Response response =
        client.execute(put_as(server.url("/guarded"), source_of(bytes, rewinds), schemes));
    CHECK(response.status() == 200);
    CHECK((response.body() == bytes));
    CHECK(rewinds == (size > 65'000 ? 1 : 0));  // no more than is kept
  }
  std::atomic<int> rewinds = 0;
  const auto once = source_of(numbered_bytes(1'000'000), rewinds, false);
  const Outcome outcome =
      outcome_of([&] { return client.send(put_as(server.url("/guarded"), once, schemes)).get(); });
  CHECK(outcome.summary() == "unknown request_body");
  CHECK_THAT(outcome.error().message(), Contains("it cannot be sent again"));
  CHECK(rewinds == 1);
}

TEST_CASE("a challenge in the middle of an upload has the body sent again, from its start") {
  const std::string bytes = numbered_bytes(6'000'000);
  const RawListener listener;
  const Client client(without_retries());
  std::atomic<int> rewinds = 0;
  ResponseFuture future =
      client.send(put_as(url_of(listener), source_of(bytes, rewinds), TextList{"digest", "basic"}));
  const Descriptor first = listener.accept();
  REQUIRE(receive_bytes(first, 200'000).size() >= 200'000);
  send_all(first, challenge);
  const Descriptor second = listener.accept();
  CHECK((receive_request(second).body == bytes));
  send_all(second, response(200, "ok"));
  CHECK(future.get().body().text() == "ok");
  CHECK(rewinds == 1);
}

TEST_CASE("a second request with a source does nothing to the one that has it") {
  DynamicServer other;
  const RawListener listener;
  const Client client(test_configuration());
  BodyWriter writer;
  ResponseFuture first = client.send(put(url_of(listener), writer.source()));
  REQUIRE(writer.write("first, "));
  const Descriptor connection = listener.accept();
  std::string received = receive_until(connection, "first, ");
  const Request request = put(other.url("/status/200"), writer.source());
  SECTION("it fails") {
    CHECK(failure_of([&] { return client.send(request).get(); }) == "unknown request_body");
  }
  SECTION("it is a task's") {
    RunningProcessor processor;
    CHECK(processor.run(request).error_code() == ErrorCode::request_body);
  }
  SECTION("it runs on the thread that wants it") {
    CHECK(failure_of([&] { return client.execute(request); }) == "unknown request_body");
  }
  SECTION("it is dropped at once") {
    for (int i = 0; i < 20; ++i) static_cast<void>(client.send(request));
  }
  CHECK(eventually([&] { return client.total_count() == 1; }));
  CHECK(writer.is_wanted());
  CHECK(writer.write("last"));
  writer.finish();
  CHECK(receive_request(connection, std::move(received)).body == "first, last");
  send_all(connection, response(200, "ok"));
  CHECK(first.get().body().text() == "ok");
  CHECK(other.requests().empty());
}

TEST_CASE("a source that can be rewound may be sent again as soon as its request is over") {
  DynamicServer here;
  DynamicServer there;
  const Client client(without_retries().set_agents(2));
  std::atomic<int> rewinds = 0;
  const auto source = source_of("again", rewinds);
  for (int i = 0; i < 100; ++i) {
    const DynamicServer& server = i % 2 == 0 ? here : there;
    REQUIRE(client.execute(put(server.url("/echo"), source)).status() == 200);
  }
  CHECK(rewinds == 99);
}

TEST_CASE("a writer learns that its request was refused before it was sent") {
  const Client client(test_configuration());
  BodyWriter writer;
  const std::shared_ptr<BodySource> kept = writer.source();
  const Request request = Request::put("http://127.0.0.1:1/")
                              .body_source(kept)
                              .config(RequestConfig().set_deny_private_addresses(true))
                              .build();
  CHECK(failure_of([&] { return client.send(request).get(); }) == "unknown forbidden_address");
  CHECK_FALSE(writer.write(std::string(100'000, 'w')));
}

TEST_CASE("a writer learns that its request was refused at the door") {
  const Client client(without_retries());
  BodyWriter writer;
  const std::shared_ptr<BodySource> kept = writer.source();
  SECTION("as its stop came first") {
    std::stop_source stop;
    stop.request_stop();
    ResponseFuture future = client.send(put("http://127.0.0.1:1/", kept),
                                        SendOptions().set_stop_token(stop.get_token()));
    CHECK(failure_of([&] { return future.get(); }) == "unknown cancelled");
  }
  SECTION("as its URL is too long") {
    const Request request = Request::put("http://127.0.0.1:1/long")
                                .body_source(kept)
                                .config(RequestConfig().set_max_url_size(10))
                                .build();
    CHECK_THROWS_AS(client.send(request).get(), std::invalid_argument);
  }
  CHECK_FALSE(writer.write(std::string(100'000, 'w')));
}
