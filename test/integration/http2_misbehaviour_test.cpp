// HTTP/2 servers that break the rules, or their word: HARD-CASES.md, group G.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/h2_server.hpp"
#include "support/running_processor.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

Configuration trusting(int retries) {
  return test_configuration().set_retries(retries).set_ca_file(certificates().ca_file());
}

constexpr std::uint8_t last = H2Flags::end_headers | H2Flags::end_stream;

/// Whether a request to another server goes through, so that the agent has survived.
bool is_well(RunningProcessor& processor) {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, "well");
                  }});
  return processor.get(server.url()).body() == "well";
}

}  // namespace

TEST_CASE("hard case 130: a stream that breaks off inside the body is an error, not retried") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.send_headers(r.stream, {{":status", "200"}});
                    c.send_data(r.stream, "part");
                    c.send_reset(r.stream, H2Error::internal_error);
                  }});
  RunningProcessor processor(trusting(3));
  const Outcome outcome = processor.get(server.url());
  CHECK(outcome.summary() == "connection connection_lost");
  CHECK(outcome.error().message().find("INTERNAL_ERROR") != std::string::npos);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("hard case 131: a stream that ends without END_STREAM is truncated") {
  const bool is_announced = GENERATE(true, false);
  CAPTURE(is_announced);
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    H2Fields fields{{":status", "200"}};
                    if (is_announced) fields.push_back({"content-length", "10"});
                    c.send_headers(r.stream, fields);
                    c.send_data(r.stream, "part");
                    c.send_reset(r.stream, H2Error::no_error);
                  }});
  RunningProcessor processor(trusting(3));
  const Outcome outcome = processor.get(server.url());
  CHECK(server.requests().size() == 1);
  if (is_announced || outcome.is_error()) {
    CHECK(outcome.summary() == "connection truncated_response");
  } else {
    // 7.88.1 and 8.14 do not tell a reset with NO_ERROR from an end, and without a length there is
    // nothing else to tell it by (LIBCURL.md F9).
    CHECK(outcome.body() == "part");
  }
}

TEST_CASE("a complete response is one, also if its stream is reset for the rest of the request") {
  // RFC 9113, section 8.1: how a server says that it needs no more of the body.
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    c.respond(r.stream, "enough");
                    c.send_reset(r.stream, H2Error::no_error);
                  }});
  RunningProcessor processor(trusting(0));
  CHECK(processor.post(server.url(), "x").body() == "enough");
}

TEST_CASE("hard case 132: each of 20 streams fails when their connection ends") {
  const auto how =
      GENERATE(H2Connection::End::orderly, H2Connection::End::silent, H2Connection::End::reset);
  CAPTURE(static_cast<int>(how));
  constexpr std::size_t streams = 20;
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    if (r.number >= streams) return c.respond(r.stream, "ok");
                    c.send_headers(r.stream, {{":status", "200"}, {"content-length", "10"}});
                    c.send_data(r.stream, "part");
                    if (r.index + 1 == streams) c.end(how);
                  }});
  RunningProcessor processor(trusting(3));
  std::vector<std::shared_ptr<RecordingHandler>> handlers;
  for (std::size_t i = 0; i < streams; ++i) handlers.push_back(processor.begin_get(server.url()));
  for (const auto& handler : handlers) {
    const Outcome outcome = handler->outcome();
    // A reset may overtake what was sent before it: then there was no answer, and another attempt.
    if (how == H2Connection::End::reset && outcome.is_response()) continue;
    CHECK(outcome.error_type() == ErrorType::connection);
  }
  if (how != H2Connection::End::reset) CHECK(server.requests().size() == streams);
  CHECK(processor.get(server.url()).body() == "ok");
}

TEST_CASE("hard case 132: a connection that ends before any answer is lost, and a GET retried") {
  const auto how =
      GENERATE(H2Connection::End::orderly, H2Connection::End::silent, H2Connection::End::reset);
  CAPTURE(static_cast<int>(how));
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    if (r.number % 2 == 1) return c.respond(r.stream, "ok");
                    c.end(how);
                  }});
  RunningProcessor processor(trusting(1));
  CHECK(processor.get(server.url()).body() == "ok");
  REQUIRE(server.requests().size() == 2);
  H2Server other(certificates().good(),
                 {.on_request = [=](H2Connection& c, const H2Request&) { c.end(how); }});
  CHECK(processor.post(other.url(), "x").summary() == "connection connection_lost");
  CHECK(other.requests().size() == 1);
}

TEST_CASE("hard case 133: a body that is not as long as announced is an error") {
  const std::string length = GENERATE("2", "10");
  CAPTURE(length);
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    c.send_headers(r.stream, {{":status", "200"}, {"content-length", length}});
                    c.send_data(r.stream, "four", H2Flags::end_stream);
                  }});
  RunningProcessor processor(trusting(3));
  CHECK(processor.get(server.url()).error_type() == ErrorType::connection);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("hard case 134: floods of frames that want an answer end") {
  H2Frame flood{.type = H2Type::ping, .payload = std::string(8, 'p')};
  SECTION("PING") {}
  SECTION("SETTINGS") { flood = {.type = H2Type::settings}; }
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    std::string frames;
                    for (int i = 0; i < 20'000; ++i) frames += encode(flood);
                    c.send(frames);
                    c.respond(r.stream, "through");
                  }});
  RunningProcessor processor(trusting(0));
  const Outcome outcome = processor.get(server.url());
  // Within limits that nghttp2 sets, libcurl answers them all.
  if (outcome.is_response()) {
    CHECK(outcome.body() == "through");
  } else {
    CHECK(outcome.error_type() == ErrorType::connection);
  }
  CHECK(is_well(processor));
}

TEST_CASE("hard case 134: a flood of CONTINUATION is cut off") {
  H2Server server(
      certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
        c.send_headers(r.stream, {{":status", "200"}}, H2Flags::none);
        const std::string more = encode(H2Fields{{"x-more", std::string(8000, 'm')}});
        for (int i = 0; i < 2000; ++i) {
          c.send(H2Frame{.type = H2Type::continuation, .stream = r.stream, .payload = more});
        }
        c.send(H2Frame{
            .type = H2Type::continuation, .flags = last, .stream = r.stream, .payload = more});
      }});
  RunningProcessor processor(trusting(0));
  CHECK(processor.get(server.url()).is_error());
  CHECK(is_well(processor));
}

TEST_CASE("hard case 135: thousands of interim responses are skipped or cut off") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    for (int i = 0; i < 3000; ++i) c.send_headers(r.stream, {{":status", "103"}});
                    c.respond(r.stream, "final");
                  }});
  RunningProcessor processor(trusting(0));
  CHECK(processor.get(server.url()).body() == "final");
  RunningProcessor strict(trusting(0).set_max_header_size(10'000));
  CHECK(strict.get(server.url()).summary() == "response_too_large headers_too_large");
}

TEST_CASE("hard case 136: garbage instead of frames is an error, on a used connection too") {
  const bool is_used = GENERATE(false, true);
  CAPTURE(is_used);
  H2Server server(certificates().good(), {.on_request = [=](H2Connection& c, const H2Request& r) {
                    if (is_used && r.number == 0) return c.respond(r.stream, "ok");
                    c.send(std::string(3000, '\xff'));
                  }});
  RunningProcessor processor(trusting(3));
  if (is_used) REQUIRE(processor.get(server.url()).body() == "ok");
  // What the server made of it nobody knows: a POST is not sent twice.
  const std::size_t before = server.requests().size();
  // On a used connection 8.14 and 8.22 do not even notice: the time-out has to.
  const Outcome outcome = processor.run(Request::post(server.url()).body("x").timeout(3s).build());
  CHECK((outcome.error_type() == ErrorType::connection ||
         outcome.summary() == "timeout request_timeout"));
  CHECK(server.requests().size() == before + 1);
  CHECK(is_well(processor));
}

TEST_CASE("hard case 139: a body without end is cut off, and the other streams go on") {
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    if (r.number > 0) return c.respond(r.stream, "small");
                    c.send_headers(r.stream, {{":status", "200"}});
                    static_cast<void>(c.send_body(r.stream, 16'000'000, H2Flags::none));
                  }});
  RunningProcessor processor(trusting(0).set_max_response_size(100'000));
  CHECK(processor.get(server.url()).summary() == "response_too_large body_too_large");
  CHECK(processor.get(server.url()).body() == "small");
}

TEST_CASE("hard case 142: data that comes late, for a stream given up, keeps no window") {
  constexpr std::size_t more_than_the_window = 48'000'000;
  H2Server server(certificates().good(), {.on_request = [](H2Connection& c, const H2Request& r) {
                    if (r.number > 0) {
                      c.send_headers(r.stream, {{":status", "200"}});
                      static_cast<void>(c.send_body(r.stream, 900'000, H2Flags::end_stream));
                      return;
                    }
                    c.send_headers(r.stream, {{":status", "200"}});
                    static_cast<void>(c.send_body(r.stream, more_than_the_window, H2Flags::none));
                  }});
  RunningProcessor processor(trusting(0));
  CHECK(processor.get(server.url()).summary() == "response_too_large body_too_large");
  CHECK(processor.get(server.url()).body().size() == 900'000);
  CHECK(processor.get(server.url()).body().size() == 900'000);
}
