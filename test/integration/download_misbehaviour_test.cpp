// Downloads from servers that break off, change their mind, or lie.
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/download_fixture.hpp"
#include "support/dynamic_server.hpp"
#include "support/scripted_server.hpp"

#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace async_http_pool::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t total = 1000;
const std::string content = numbered_bytes(total);
const std::string etag = "etag: \"v1\"\r\n";

/// The head of a response, its body's length included.
std::string head(int status, std::size_t length, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Test\r\ncontent-length: " + std::to_string(length) + "\r\n" + headers + "\r\n";
}

std::string range_line(std::size_t first, std::size_t last, const std::string& length = "1000") {
  return "content-range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
         length + "\r\n";
}

/// What a good server answers who has the first 400 bytes.
std::string good_rest() {
  return head(206, 600, range_line(400, 999) + etag) + content.substr(400);
}

/// The same bytes in chunks.
std::string chunked(int status, const std::string& headers, const std::string& body) {
  std::ostringstream size;
  size << std::hex << body.size();
  return "HTTP/1.1 " + std::to_string(status) + " Test\r\ntransfer-encoding: chunked\r\n" +
         headers + "\r\n" + size.str() + "\r\n" + body + "\r\n0\r\n\r\n";
}

/// The same response from a server that says that it closes its connection then.
std::string closing(std::string response) {
  return response.insert(response.find("\r\n") + 2, "connection: close\r\n");
}

/// A server that breaks its first response off after 400 bytes, and what its next connections do.
class BrokenOff {
 public:
  explicit BrokenOff(const DownloadFixture& fixture, const std::vector<std::string>& answers,
                     const std::string& headers = etag)
      : server_({expect_request(), send(response(500, "unexpected"))}) {
    server_.on_connection(
        0, {expect_request(), send(head(200, total, headers) + content.substr(0, 400)), close()});
    for (std::size_t i = 0; i < answers.size(); ++i)
      server_.on_connection(i + 1, {expect_request(), send(closing(answers[i])), close()});
    CHECK(failure_of([&] { fixture.download(url()); }) == "truncated_response");
    CHECK(fixture.part() == content.substr(0, 400));
    CHECK_FALSE(fixture.has("file"));
  }

  [[nodiscard]] std::string url() const { return server_.url("/file"); }
  /// "bytes=400- if \"v1\"", of each request.
  [[nodiscard]] std::vector<std::string> ranges() const {
    std::vector<std::string> ranges;
    for (const ReceivedRequest& request : server_.requests()) {
      const std::string validator = request.header("if-range");
      ranges.push_back(request.header("range") + (validator.empty() ? "" : " if " + validator));
    }
    return ranges;
  }

 private:
  ScriptedServer server_;
};

using Ranges = std::vector<std::string>;
const std::string rest_range = "bytes=400- if \"v1\"";

}  // namespace

TEST_CASE_METHOD(DownloadFixture,
                 "contents without a byte, or without a length, are downloaded, too") {
  ScriptedServer server({expect_request(), send(head(200, 0, etag)), expect_request(),
                         send(chunked(200, etag, content)), expect_request(),
                         send("HTTP/1.1 204 None\r\n\r\n"), expect_request(),
                         send("HTTP/1.1 200 OK\r\n\r\n" + content), close()});
  CHECK(download(server.url()).bytes == 0);
  CHECK(has("file"));
  CHECK(download(server.url()).bytes == total);
  CHECK(file() == content);
  CHECK(download(server.url()).status == 204);
  CHECK(file().empty());
  CHECK(download(server.url()).bytes == total);
  CHECK(file() == content);
  CHECK_FALSE(has("file.part"));
}

TEST_CASE_METHOD(DownloadFixture, "the rest is asked for by its range and the strong validator") {
  const BrokenOff server(*this, {good_rest()});
  const DownloadResult result = download(server.url());
  CHECK(result.status == 206);
  CHECK(result.bytes == total);
  CHECK(result.bytes_resumed == 400);
  CHECK(file() == content);
  CHECK(server.ranges() == Ranges{"", rest_range});
}

TEST_CASE_METHOD(DownloadFixture, "a rest that is broken off again is continued again") {
  const BrokenOff server(*this,
                         {head(206, 600, range_line(400, 999) + etag) + content.substr(400, 300),
                          head(206, 300, range_line(700, 999) + etag) + content.substr(700)});
  CHECK(failure_of([&] { download(server.url()); }) == "truncated_response");
  CHECK(part() == content.substr(0, 700));
  CHECK(download(server.url()).bytes_resumed == 700);
  CHECK(file() == content);
  CHECK(server.ranges() == Ranges{"", rest_range, "bytes=700- if \"v1\""});
}

TEST_CASE_METHOD(DownloadFixture, "a server that sends all of it again is taken at its word") {
  const std::string newer(total, 'n');
  const BrokenOff server(*this, {response(200, newer, "etag: \"v2\"\r\n")});
  const DownloadResult result = download(server.url());
  CHECK(result.status == 200);
  CHECK(result.bytes_resumed == 0);
  CHECK(file() == newer);
  CHECK(server.ranges() == Ranges{"", rest_range});
}

TEST_CASE_METHOD(DownloadFixture,
                 "a rest that does not fit is not taken, but all of it asked for") {
  const std::string newer(total, 'n');
  const std::string body = content.substr(400);
  const std::vector<std::string> liars = {
      head(206, 600, range_line(400, 999) + "etag: \"v2\"\r\n") + body,
      head(206, 600, range_line(400, 999) + "etag: W/\"v1\"\r\n") + body,
      head(206, 600, range_line(400, 999)) + body,
      head(206, total, range_line(0, 999) + etag) + content,
      head(206, 599, range_line(401, 999) + etag) + content.substr(401),
      head(206, 599, range_line(400, 998) + etag) + content.substr(400, 599),
      head(206, 600, range_line(400, 999, "2000") + etag) + body,
      head(206, 600, range_line(400, 999, "999") + etag) + body,
      head(206, 600, etag) + body,
      head(206, 600, "content-range: lines 400-999/1000\r\n" + etag) + body,
      head(206, 600, range_line(400, 999) + range_line(400, 999) + etag) + body,
      head(206, 600, range_line(400, 999) + etag + "content-encoding: gzip\r\n") + body,
      head(206, 600, "content-type: multipart/byteranges; boundary=x\r\n" + etag) + body,
      head(416, 0, "content-range: bytes */1000\r\n"),
      head(416, 0, "")};
  for (const std::string& liar : liars) {
    CAPTURE(liar.substr(0, liar.find("\r\n\r\n")));
    fs::remove(path + ".part");
    fs::remove(path);
    const BrokenOff server(*this, {liar, response(200, newer, "etag: \"v2\"\r\n")});
    const DownloadResult result = download(server.url());
    CHECK(result.status == 200);
    CHECK(result.bytes_resumed == 0);
    CHECK(file() == newer);
    CHECK(server.ranges() == Ranges{"", rest_range, ""});
  }
}

TEST_CASE_METHOD(DownloadFixture, "a server that lies every time is not asked for ever") {
  const std::string partial = head(206, 600, range_line(400, 999) + "etag: \"v2\"\r\n");
  const BrokenOff server(*this, {partial + content.substr(400), partial + content.substr(400)});
  CHECK(failure_of([&] { download(server.url()); }) == "protocol_violation");
  CHECK(server.ranges() == Ranges{"", rest_range, ""});
  CHECK(part() == content.substr(0, 400));  // nothing is known against it

  const BrokenOff other(*this, {head(416, 0, ""), head(416, 0, "")});
  CHECK(failure_of([&] { download(other.url()); }) == "416");
}

TEST_CASE_METHOD(DownloadFixture, "a body of another length than its range is not believed") {
  for (const std::size_t size : {0U, 1U, 599U, 601U, 900U}) {
    CAPTURE(size);
    const BrokenOff server(
        *this, {chunked(206, range_line(400, 999) + etag, numbered_bytes(size).substr(0, size))});
    CHECK(failure_of([&] { download(server.url()); }) == "protocol_violation");
    CHECK_FALSE(has("file"));
    CHECK_FALSE(has("file.part"));
    CHECK_FALSE(has("file.part.json"));
  }
}

TEST_CASE_METHOD(DownloadFixture, "what cannot be identified again is not continued") {
  for (const std::string& headers :
       {std::string(), std::string("etag: W/\"v1\"\r\n"), std::string("etag: v1\r\n"),
        std::string("last-modified: Tue, 15 Nov 1994 12:45:26 GMT\r\n"),
        std::string("last-modified: Tue, 15 Nov 1994 12:45:26 GMT\r\n"
                    "date: Tue, 15 Nov 1994 12:45:26 GMT\r\n")}) {
    CAPTURE(headers);
    const BrokenOff server(*this, {response(200, content)}, headers);
    CHECK_FALSE(has("file.part.json"));
    CHECK(download(server.url()).status == 200);
    CHECK(file() == content);
    CHECK(server.ranges() == Ranges{"", ""});
    fs::remove(path);
  }
}

TEST_CASE_METHOD(DownloadFixture, "other statuses are errors, and leave the part for later") {
  const std::string page(200'000, 'e');
  const BrokenOff server(*this, {response(404, "nothing here"), response(503, page), good_rest()});
  try {
    download(server.url());
    FAIL("404 was taken");
  } catch (const ClientError& error) {
    CHECK(error.response().body() == "nothing here");
    CHECK(error.url() == server.url());
  }
  try {
    download(server.url());
    FAIL("503 was taken");
  } catch (const ServerError& error) {
    CHECK(error.response().body().size() < page.size());  // bounded
    CHECK(page.starts_with(error.response().body()));
    CHECK(error.response().body().size() > 1000);
  }
  CHECK(part() == content.substr(0, 400));
  CHECK(download(server.url()).bytes_resumed == 400);

  DynamicServer plain;
  const Client raising(without_retries().set_raise_error_responses(true));
  fs::remove(path);
  CHECK(failure_of([&] {
          raising.download(Request::get(plain.url("/status/404")).build(), path);
        }) == "404");
  CHECK_FALSE(has("file"));
  CHECK_FALSE(has("file.part"));
}

TEST_CASE_METHOD(DownloadFixture, "an error page that never ends does not hold the error up") {
  ScriptedServer server({expect_request(), send(head(500, 1000, "") + "half a page")});
  CHECK(failure_of([&] { download(server.url()); }) == "500");
}

}  // namespace async_http_pool::test
