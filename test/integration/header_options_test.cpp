// Options that change the header fields of a request, and what is made of those of its response.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/encoding.hpp"
#include "support/nginx_server.hpp"
#include "support/raw_listener.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// The names of the header fields of a request, as they are on the wire.
std::vector<std::string> names_on_the_wire(RunningProcessor& processor,
                                           RequestBuilder builder(const std::string& url)) {
  const RawListener listener;
  const std::string url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/";
  const auto handler = processor.begin(builder(url).build());
  const Descriptor connection = listener.accept();
  std::string head = RawListener::receive_head(connection);
  send_all(connection, "HTTP/1.1 204 None\r\nconnection: close\r\n\r\n");
  CHECK(handler->outcome().status() == 204);
  std::vector<std::string> names;
  head.resize(head.find("\r\n\r\n"));
  for (std::size_t i = head.find("\r\n"); i != std::string::npos; i = head.find("\r\n", i + 2))
    names.push_back(head.substr(i + 2, head.find_first_of(":;", i) - i - 2));
  return names;
}

RequestBuilder with_headers(const std::string& url) {
  RequestBuilder builder = Request::post(url);
  builder.header("x-one-two", "three-four").header("X-EMPTY", "").body("x");
  return builder;
}

RequestBuilder with_parts(const std::string& url) {
  RequestBuilder builder = Request::post(url);
  builder.multipart(Multipart().add_field("a", "b"))
      .config(RequestConfig().set_expect_timeout(1ms));
  return builder;
}

Configuration with_client_options(const RequestConfig& config) {
  return test_configuration().set_request_config(config);
}

const RequestConfig titled_names = RequestConfig().set_title_case_headers(true);
const RequestConfig undecoded = RequestConfig().set_decompression(false);

bool has_title_case(const std::string& name) {
  bool begins_word = true;
  for (const char c : name) {
    if (begins_word && std::islower(static_cast<unsigned char>(c)) != 0) return false;
    begins_word = c == '-';
  }
  return true;
}

constexpr const char* gzip_header = "content-encoding: gzip\r\n";

}  // namespace

TEST_CASE("isahc: set_title_case_headers_to_true; all names are so, the library's too") {
  RunningProcessor titled(with_client_options(titled_names));
  for (const auto& build : {with_headers, with_parts}) {
    const auto names = names_on_the_wire(titled, build);
    CHECK(names.size() > 5);
    for (const std::string& name : names) {
      INFO(name);
      CHECK(has_title_case(name));
    }
  }
  const auto names = names_on_the_wire(titled, with_headers);
  for (const char* name : {"X-One-Two", "X-Empty", "X-Request-Id", "User-Agent", "Accept-Encoding"})
    CHECK(std::count(names.begin(), names.end(), name) == 1);

  RunningProcessor usual;
  const auto usual_names = names_on_the_wire(usual, with_headers);
  CHECK(std::count(usual_names.begin(), usual_names.end(), "x-one-two") == 1);
}

TEST_CASE("names in title case do no harm in HTTP/2") {
  const Certificates certificates;
  NginxServer server({.identity = certificates.good()});
  RunningProcessor processor(with_client_options(titled_names).set_ca_file(certificates.ca_file()));
  const Request request = Request::get(server.tls_url("/about")).header("x-one-two", "1").build();
  CHECK_THAT(processor.run(request).body(), Catch::Matchers::Contains("HTTP/2"));
}

TEST_CASE("isahc: setting_an_empty_header_sends_a_header_with_no_value, and a blank one too") {
  const RawListener listener;
  RunningProcessor processor;
  const std::string url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/";
  const auto handler = processor.begin(Request::get(url)
                                           .header("x-empty", "")
                                           .header("x-blank", "   ")
                                           .header("accept", "")
                                           .build());
  const Descriptor connection = listener.accept();
  const std::string head = RawListener::receive_head(connection);
  for (const char* line : {"\r\nx-empty:\r\n", "\r\nx-blank:\r\n", "\r\naccept:\r\n"})
    CHECK_THAT(head, Catch::Matchers::Contains(line));
  CHECK_THAT(head, !Catch::Matchers::Contains("Accept:"));  // libcurl's own
  send_all(connection, "HTTP/1.1 204 None\r\n\r\n");
  CHECK(handler->outcome().status() == 204);
}

TEST_CASE("isahc: request_gzip_without_automatic_decompression keeps the bytes and all headers") {
  const std::string bytes = gzip(std::string(5000, 'z'));
  ScriptedServer server({expect_request(), send(response(200, bytes, gzip_header)), again()});
  RunningProcessor raw(with_client_options(undecoded));
  const Response plain = raw.get(server.url()).response();
  CHECK(plain.body() == bytes);
  CHECK(plain.headers().get("content-encoding") == "gzip");
  CHECK(plain.headers().get("content-length") == std::to_string(bytes.size()));
  CHECK_FALSE(server.requests().back().headers.contains("accept-encoding"));

  const Request own = Request::get(server.url()).header("Accept-Encoding", "gzip;q=0.5").build();
  CHECK(raw.run(own).body() == bytes);
  CHECK(server.requests().back().headers.get_all("accept-encoding") ==
        std::vector<std::string_view>{"gzip;q=0.5"});

  RunningProcessor decoding;
  CHECK(decoding.run(own).body() == std::string(5000, 'z'));
  CHECK(server.requests().back().headers.get_all("accept-encoding") ==
        std::vector<std::string_view>{"gzip;q=0.5"});
}

TEST_CASE("isahc: content_is_decoded_even_if_not_listed_as_accepted, unless that is switched off") {
  DynamicServer server;
  RunningProcessor processor;
  RequestBuilder builder = Request::get(server.url("/gzip"));
  builder.header("accept-encoding", "identity");
  CHECK(processor.run(builder.build()).body().size() == 5000);
  builder.config(undecoded);
  CHECK(processor.run(builder.build()).body().starts_with("\x1f\x8b"));
}

TEST_CASE("hard case 69: an encoding that was not asked for leaves the bytes and the header") {
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"gzip", gzip("text")},
      {"gzip", "no gzip at all"},
      {"br", "x"},
      {"nonsense", "y"},
      {"gzip, gzip, gzip, gzip, gzip, gzip", "z"}};
  for (const auto& [encoding, bytes] : bodies) {
    INFO(encoding);
    ScriptedServer server(
        {expect_request(), send(response(200, bytes, "content-encoding: " + encoding + "\r\n"))});
    RunningProcessor processor(with_client_options(undecoded));
    const Response response = processor.get(server.url()).response();
    CHECK(response.body() == bytes);
    CHECK(response.headers().get("content-encoding") == encoding);
  }
}

TEST_CASE("what is not decoded is no bomb, and still has to keep to the size limit") {
  const std::string bomb = gzip(std::string(3'000'000, '\0'));
  ScriptedServer server({expect_request(), send(response(200, bomb, gzip_header)), again()});
  RunningProcessor processor(with_client_options(undecoded));
  CHECK(processor.get(server.url()).body() == bomb);
  RunningProcessor small(with_client_options(undecoded).set_max_response_size(bomb.size() - 1));
  CHECK(small.get(server.url()).summary() == "response_too_large body_too_large");
}
