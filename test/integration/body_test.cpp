// Bodies of requests: which go out, announced how, and again from the start when they must.
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/dynamic_server.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

TEST_CASE("isahc: request_with_body_of_known_size, by every method and in every form") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(300'000);
  DynamicServer server;
  RunningProcessor processor(without_retries());
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOOBAR"}) {
      INFO(form.name << " " << method);
      REQUIRE(processor.run(form.request(method, server.url("/status/200"))).status() == 200);
      const ReceivedRequest received = server.requests().back();
      CHECK(received.method == method);
      CHECK(form.is_in(received));
      CHECK(received.header("content-length") == std::to_string(received.body.size()));
      CHECK_FALSE(received.headers.contains("transfer-encoding"));
      CHECK_FALSE(received.headers.contains("expect"));
      CHECK(received.headers.contains("content-type") == (form.name == "multipart"));
    }
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("isahc: request_with_zero_length_body, and request_with_special_empty_body") {
  const TempDirectory directory;
  const std::string path = directory.write("empty", "");
  DynamicServer server;
  RunningProcessor processor(without_retries());
  struct Row {
    const char* method;
    const char* length;  // without a body
  };
  for (const Row& row : {Row{"GET", ""}, Row{"HEAD", ""}, Row{"POST", "0"}, Row{"PUT", "0"},
                         Row{"DELETE", ""}, Row{"PATCH", "0"}, Row{"FOOBAR", ""}}) {
    INFO(row.method);
    const std::string method = row.method;
    REQUIRE(processor.run(Request::builder(method, server.url("/status/200")).build()).status() ==
            200);
    const ReceivedRequest bodyless = server.requests().back();
    CHECK(bodyless.method == method);
    CHECK(bodyless.header("content-length") == row.length);
    CHECK_FALSE(bodyless.headers.contains("transfer-encoding"));
    if (method == "GET" || method == "HEAD") continue;
    // An empty file is a body of no bytes, which is announced.
    REQUIRE(
        processor.run(Request::builder(method, server.url("/status/200")).body_file(path).build())
            .status() == 200);
    CHECK(server.requests().back().method == method);
    CHECK(server.requests().back().header("content-length") == "0");
    CHECK_FALSE(server.requests().back().headers.contains("transfer-encoding"));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a form arrives as one") {
  DynamicServer server;
  RunningProcessor processor;
  const Request request = Request::post(server.url("/echo"))
                              .form(Value::object({{"a b", "c&d"}, {"e", Value::array({1, 2})}}))
                              .build();
  REQUIRE(processor.run(request).status() == 200);
  CHECK(server.requests().back().body == "a+b=c%26d&e=1&e=2");
  CHECK(server.requests().back().headers.get_all("content-type") ==
        std::vector<std::string_view>{"application/x-www-form-urlencoded"});
}

TEST_CASE("the parts of a multipart body arrive in their order, under their names") {
  const TempDirectory directory;
  const std::string bytes("\0\xff\r\n--x", 7);
  DynamicServer server;
  RunningProcessor processor;
  const Multipart parts = Multipart()
                              .add_field("plain", "v1")
                              .add_field("plain", "")
                              .add_bytes("json", "{}", "", "application/json")
                              .add_bytes("bytes", bytes, "b.txt")
                              .add_file("file", directory.write("f.html", bytes), "", "text/html");
  REQUIRE(processor.run(Request::post(server.url("/echo")).multipart(parts).build()).status() ==
          200);
  const ReceivedRequest received = server.requests().back();
  const std::string type = received.header("content-type");
  REQUIRE(type.starts_with("multipart/form-data; boundary="));
  const std::string boundary = "--" + type.substr(type.find('=') + 1);
  const auto part = [&](const std::string& headers, const std::string& content) {
    return boundary + "\r\nContent-Disposition: form-data; " + headers + "\r\n\r\n" + content +
           "\r\n";
  };
  CHECK(received.body ==
        part("name=\"plain\"", "v1") + part("name=\"plain\"", "") +
            part("name=\"json\"\r\nContent-Type: application/json", "{}") +
            part("name=\"bytes\"; filename=\"b.txt\"\r\nContent-Type: application/octet-stream",
                 bytes) +
            part("name=\"file\"; filename=\"f.html\"\r\nContent-Type: text/html", bytes) +
            boundary + "--\r\n");
}

TEST_CASE("quotes in names of parts are escaped as browsers do, and UTF-8 stays") {
  DynamicServer server;
  RunningProcessor processor;
  const Multipart parts =
      Multipart().add_field("a\"b\\c%22", "1").add_bytes("ü", "2", "d\"e;\xc3\xa9.txt");
  REQUIRE(processor.run(Request::post(server.url("/echo")).multipart(parts).build()).status() ==
          200);
  const std::string body = server.requests().back().body;
  // https://html.spec.whatwg.org/#multipart-form-data: line breaks would be escaped as well, but
  // `Multipart` takes none.
  CHECK_THAT(body, Catch::Matchers::Contains("; name=\"a%22b\\c%22\"\r\n"));
  CHECK_THAT(body, Catch::Matchers::Contains("; name=\"ü\"; filename=\"d%22e;\xc3\xa9.txt\"\r\n"));
}

TEST_CASE("isahc: redirect_also_sends_post; every form of body is sent again, and in full") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(200'000);
  DynamicServer server;
  RunningProcessor processor(without_retries());
  for (const std::string status : {"307", "308"}) {
    server.route("/from", [&](const ReceivedRequest&) {
      return Reply{
          .status = std::stoi(status), .headers = {{"location", "/status/200"}}, .body = {}};
    });
    for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
      INFO(form.name << " " << status);
      REQUIRE(processor.run(form.request("POST", server.url("/from"))).status() == 200);
      const auto requests = server.requests();
      CHECK(form.is_in(requests[requests.size() - 2]));
      CHECK(form.is_in(requests.back()));
      CHECK(requests.back().target == "/status/200");
      CHECK(requests.back().method == "POST");
    }
  }
}

TEST_CASE("bodies are sent again in full by the second round of digest authentication") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(100'000);
  for (const BodyForm& form : body_forms(bytes, directory.write("body", bytes))) {
    INFO(form.name);
    ScriptedServer server(
        {expect_request(),
         send(response(401, "no", "www-authenticate: Digest realm=\"r\", nonce=\"n\"\r\n")),
         expect_request(), send(response(200, "ok"))});
    RunningProcessor processor(without_retries());
    RequestBuilder builder = Request::post(server.url());
    form.set(builder);
    builder.config(RequestConfig().set_auth({"digest"}).set_username("u").set_password("p"));
    CHECK(processor.run(builder.build()).status() == 200);
    REQUIRE(server.requests().size() == 2);
    CHECK(form.is_in(server.requests().back()));
  }
}

TEST_CASE("bodies of every form arrive by HTTP/2") {
  const TempDirectory directory;
  const std::string bytes = numbered_bytes(300'000);
  const std::string path = directory.write("body", bytes);
  DynamicServer upstream;
  const Certificates certificates;
  NginxServer nginx({.identity = certificates.good(),
                     .locations = "location /up { client_max_body_size 10m; proxy_pass " +
                                  upstream.url("/status/200") + "; }"});
  RunningProcessor processor(without_retries().set_ca_file(certificates.ca_file()));
  for (const BodyForm& form : body_forms(bytes, path)) {
    INFO(form.name);
    CHECK(processor.run(form.request("PUT", nginx.tls_url("/up"))).status() == 200);
    CHECK(form.is_in(upstream.requests().back()));
  }
}

TEST_CASE("hard case 29: a body where there must be none is no response to the next request") {
  const std::string stray = response(200, "EVIL");
  const std::string length = "content-length: " + std::to_string(stray.size()) + "\r\n";
  struct Row {
    const char* method;
    std::string answer;
    int status;
  };
  const std::vector<Row> rows = {
      {"GET", "HTTP/1.1 204 None\r\n" + length + "\r\n" + stray, 204},
      {"GET", "HTTP/1.1 304 Same\r\n" + length + "\r\n" + stray, 304},
      {"PUT", "HTTP/1.1 204 None\r\n" + length + "\r\n" + stray, 204},
      {"HEAD", "HTTP/1.1 200 OK\r\n" + length + "\r\n" + stray, 200},
      {"HEAD", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nEVIL\r\n0\r\n\r\n", 200}};
  for (const Row& row : rows) {
    INFO(row.method << " " << row.status);
    ScriptedServer server({expect_request(), send(row.answer), again()});
    RunningProcessor processor(test_configuration().set_retries(0));
    for (int i = 0; i < 5; ++i) {
      const Response response =
          processor.run(Request::builder(row.method, server.url()).build()).response();
      CHECK(response.status() == row.status);
      CHECK_FALSE(response.has_body());
    }
  }
}
