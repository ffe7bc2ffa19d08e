// A response whose body is still coming: what is known of it, and its end.
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"

#include <async_http_pool/streaming_response.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

ResponseStream::Head head_of_all() {
  ResponseStream::Head head;
  head.status = 206;
  head.headers = {{"content-type", "text/plain; charset=iso-8859-1"}, {"x-a", "b"}};
  head.url = "http://127.0.0.1/b";
  head.method = "POST";
  head.request_id = "id-1";
  head.redirects = {"http://127.0.0.1/a"};
  head.tls = TlsInfo{.version = "TLSv1.3", .cipher = "x", .alpn = "h2", .peer_certificates = {}};
  head.metrics.protocol = ProtocolVersion::http2;
  head.metrics.queue = std::chrono::microseconds(7);
  head.metrics.remote_address = {.ip = "127.0.0.1", .port = 80};
  return head;
}

}  // namespace

TEST_CASE("A response knows what its headers said while its body comes", "[streaming_response]") {
  FakeTransfer transfer;
  transfer.stream().start(head_of_all());
  StreamingResponse first = StreamAccess::make(transfer.shared_stream());
  const StreamingResponse response = std::move(first);
  CHECK(response.status() == 206);
  CHECK(response.is_success());
  CHECK(response.headers().get("x-a") == "b");
  CHECK(response.content_type() == "text/plain; charset=iso-8859-1");
  CHECK(response.url() == "http://127.0.0.1/b");
  CHECK(response.method() == "POST");
  CHECK(response.request_id() == "id-1");
  CHECK(response.redirects() == std::vector<std::string>{"http://127.0.0.1/a"});
  CHECK(response.protocol() == ProtocolVersion::http2);
  CHECK(response.tls()->version == "TLSv1.3");
  CHECK_FALSE(transfer.is_cancelled());

  // NOLINTNEXTLINE(bugprone-use-after-move): it may be asked, and knows nothing
  CHECK(first.status() == 0);
  CHECK(first.url().empty());
  CHECK(first.trailers() == std::nullopt);
  CHECK(first.metrics().bytes_received == 0);
  first.cancel();
  CHECK(first.body().bytes().empty());
  CHECK_FALSE(transfer.is_cancelled());
}

TEST_CASE("Metrics grow while the body comes, and then are final", "[streaming_response]") {
  FakeTransfer transfer;
  const StreamingResponse response = transfer.respond(head_of_all());
  CHECK(response.metrics().bytes_received == 0);
  transfer.write("12345");
  CHECK(response.metrics().bytes_received == 5);
  transfer.stream().note_progress(1000);  // before decoding
  const Metrics metrics = response.metrics();
  CHECK(metrics.bytes_received == 1000);
  CHECK(metrics.queue.count() == 7);
  CHECK(metrics.remote_address.ip == "127.0.0.1");
  CHECK(response.metrics().total >= metrics.total);

  Metrics final;
  final.total = std::chrono::microseconds(42);
  final.bytes_received = 4;
  SECTION("of a body that ended") { transfer.end({}, final); }
  SECTION("of one that failed") { transfer.fail(ErrorCode::connection_lost, final); }
  CHECK(response.metrics().total.count() == 42);
  CHECK(response.metrics().bytes_received == 4);
}

TEST_CASE("Trailers are there when all of the body has arrived", "[streaming_response]") {
  FakeTransfer transfer;
  StreamingResponse response = transfer.respond();
  transfer.write("1");
  CHECK(response.trailers() == std::nullopt);
  SECTION("with trailers") {
    transfer.end({{"x-sum", "abc"}});
    CHECK(response.trailers() == Headers{{"x-sum", "abc"}});
    CHECK(response.complete().trailers() == Headers{{"x-sum", "abc"}});
  }
  SECTION("without") {
    transfer.end();
    CHECK(response.trailers() == Headers());
  }
  SECTION("never, as it failed") {
    transfer.fail(ErrorCode::connection_lost);
    CHECK(response.trailers() == std::nullopt);
  }
}

TEST_CASE("A response is completed with all that is known of it", "[streaming_response]") {
  FakeTransfer transfer;
  StreamingResponse streaming = transfer.respond(head_of_all());
  transfer.write("caf\xE9");
  Metrics metrics;
  metrics.total = std::chrono::microseconds(100);
  metrics.redirect = std::chrono::microseconds(30);
  metrics.attempts = 2;
  transfer.end({}, metrics);
  const Response response = streaming.complete();
  CHECK(response.status() == 206);
  CHECK(response.body() == "caf\xE9");
  CHECK(response.text() == "caf\xC3\xA9");
  CHECK(response.url() == "http://127.0.0.1/b");
  CHECK(response.method() == "POST");
  CHECK(response.request_id() == "id-1");
  CHECK(response.redirects().size() == 1);
  CHECK(response.tls()->alpn == "h2");
  CHECK(response.metrics().attempts == 2);
  CHECK(response.duration() == std::chrono::microseconds(70));
}

TEST_CASE("Whether a completed response has a body is for its headers to say",
          "[streaming_response]") {
  const auto complete = [](std::optional<std::uint64_t> body_bytes) {
    FakeTransfer transfer;
    ResponseStream::Head head;
    head.status = 200;
    head.body_bytes = body_bytes;
    StreamingResponse response = transfer.respond(head);
    transfer.end();
    return response.complete();
  };
  CHECK_FALSE(complete(0).has_body());
  CHECK(complete(std::nullopt).has_body());
}

TEST_CASE("A failed transfer completes no response", "[streaming_response]") {
  FakeTransfer transfer;
  StreamingResponse response = transfer.respond();
  transfer.write("half");
  transfer.fail(ErrorCode::truncated_response);
  CHECK_THROWS_AS(response.complete(), RequestError);
}

TEST_CASE("A response that is complete already streams what it has", "[streaming_response]") {
  ResponseParts parts;
  parts.status = 201;
  parts.headers = {{"content-type", "application/json"}};
  parts.body = R"({"a":[1,2]})";
  parts.trailers = {{"x-sum", "1"}};
  parts.duration = std::chrono::seconds(3);
  parts.callback_args = CallbackArgs{{"job", 1}};
  auto original = std::make_unique<Response>(parts);
  StreamingResponse response(*original);
  const void* const body = original->body().data();
  original = nullptr;

  CHECK(response.status() == 201);
  CHECK(response.body().size() == 11u);
  CHECK(response.trailers() == Headers{{"x-sum", "1"}});
  CHECK(response.body().is_readable());

  SECTION("as the same response, without a copy") {
    const Response complete = response.complete();
    CHECK(complete.body().data() == body);
    CHECK(complete.duration() == std::chrono::seconds(3));
    CHECK(complete.callback_args() == parts.callback_args);
    CHECK(response.body().bytes().empty());
  }
  SECTION("within the limit only") {
    CHECK_THROWS_AS(response.complete(10), RequestError);
    CHECK(response.complete(11).body().size() == 11);
  }
  SECTION("what is left of it") {
    char first[2];
    CHECK(response.body().read(first) == 2);
    CHECK(response.complete().body() == R"(a":[1,2]})");
  }
  SECTION("as JSON") { CHECK(response.body().json().to_json() == parts.body); }
  SECTION("to the end and further") {
    CHECK(response.body().bytes() == parts.body);
    CHECK(response.body().bytes().empty());
    response.cancel();
    CHECK(response.body().bytes().empty());
  }
}

TEST_CASE("Dropping a response ends its transfer, unless the body went elsewhere",
          "[streaming_response]") {
  FakeTransfer transfer;
  auto response = std::make_unique<StreamingResponse>(transfer.respond());
  SECTION("dropped") {
    response = nullptr;
    CHECK(transfer.is_cancelled());
  }
  SECTION("replaced") {
    FakeTransfer other;
    *response = other.respond();
    CHECK(transfer.is_cancelled());
    CHECK_FALSE(other.is_cancelled());
    other.end();
  }
  SECTION("cancelled") {
    response->cancel();
    CHECK(transfer.is_cancelled());
  }
  SECTION("moved out") {
    BodyReader body = std::move(response->body());
    response = nullptr;
    CHECK_FALSE(transfer.is_cancelled());
    transfer.write("goes on");
    transfer.end();
    CHECK(body.bytes() == "goes on");
  }
  SECTION("over") {
    transfer.end();
    response->cancel();
    response = nullptr;
    CHECK_FALSE(transfer.is_cancelled());
  }
}
