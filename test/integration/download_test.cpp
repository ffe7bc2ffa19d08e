// Downloads into files: continued where the server has the same content still, and only there.
#include "support/body_forms.hpp"
#include "support/catch.hpp"
#include "support/download_fixture.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/forked_child.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/scripted_server.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <future>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace async_http_pool::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t total = 1000;
const std::string content = numbered_bytes(total);

/// A good beginning of `content`: a head, and 400 bytes.
std::string beginning() {
  return "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\netag: \"v1\"\r\n\r\n" + content.substr(0, 400);
}

}  // namespace

TEST_CASE_METHOD(DownloadFixture,
                 "a download appears when it is complete, and tells its progress") {
  NginxServer nginx;
  const std::string bytes = numbered_bytes(3'000'000);
  nginx.write_file("large", bytes);
  temp.write("file", "old");
  std::vector<std::uint64_t> steps;
  const DownloadResult result = download(
      nginx.url("/large"), {.progress = [&](std::uint64_t now, std::optional<std::uint64_t> all) {
        steps.push_back(now);
        CHECK(all == bytes.size());
        CHECK(file() == "old");
      }});
  CHECK(result.status == 200);
  CHECK(result.bytes == bytes.size());
  CHECK(result.bytes_resumed == 0);
  CHECK(result.headers.contains("etag"));
  CHECK((file() == bytes));
  CHECK_FALSE(has("file.part"));
  CHECK_FALSE(has("file.part.json"));
  REQUIRE(steps.size() > 1);
  CHECK(std::is_sorted(steps.begin(), steps.end()));
  CHECK(steps.back() == bytes.size());
}

TEST_CASE_METHOD(DownloadFixture, "a download is continued where it was broken off") {
  NginxServer nginx({.locations = "location /dated { etag off; }"});
  const std::string bytes = numbered_bytes(3'000'000);
  for (const std::string name : {"large", "dated"}) {
    nginx.write_file(name, bytes);
    const std::string url = nginx.url("/" + name);
    if (name == "dated") {
      // Of a file that changed within this second a date says nothing.
      REQUIRE(eventually([&] {
        const Response response = client.head(url);
        return response.headers().get("date") != response.headers().get("last-modified");
      }));
    }
    stop_after(url, 1'000'000);
    const std::size_t left = part().size();
    CHECK(left >= 1'000'000);
    CHECK(left < bytes.size());
    stop_after(url, 2'000'000);

    std::optional<std::uint64_t> first;
    const DownloadResult result =
        download(url, {.progress = [&](std::uint64_t now, std::optional<std::uint64_t> all) {
                   if (!first) first = now;
                   CHECK(all == bytes.size());
                 }});
    CHECK(result.status == 206);
    CHECK(result.bytes == bytes.size());
    CHECK(result.bytes_resumed >= 2'000'000);
    CHECK(first > result.bytes_resumed);
    CHECK((file() == bytes));
    CHECK_FALSE(has("file.part"));
    CHECK_FALSE(has("file.part.json"));
    fs::remove(path);
  }
}

TEST_CASE_METHOD(DownloadFixture, "a content that has changed is fetched from its start") {
  NginxServer nginx;
  nginx.write_file("large", std::string(3'000'000, 'a'));
  stop_after(nginx.url("/large"), 1'000'000);
  nginx.write_file("large", std::string(2'999'999, 'b'));
  const DownloadResult result = download(nginx.url("/large"));
  CHECK(result.status == 200);
  CHECK(result.bytes_resumed == 0);
  CHECK((file() == std::string(2'999'999, 'b')));
}

TEST_CASE_METHOD(DownloadFixture,
                 "an earlier part is not used for another URL, nor when that is not wanted") {
  NginxServer nginx;
  const std::string bytes = numbered_bytes(3'000'000);
  nginx.write_file("large", bytes);
  nginx.write_file("other", bytes);
  stop_after(nginx.url("/large"), 1'000'000);
  CHECK(download(nginx.url("/other")).bytes_resumed == 0);
  CHECK((file() == bytes));
  stop_after(nginx.url("/large"), 1'000'000);
  CHECK(download(nginx.url("/large"), {.resume = false}).bytes_resumed == 0);
  CHECK((file() == bytes));
  CHECK_FALSE(has("file.part"));
}

TEST_CASE_METHOD(DownloadFixture, "a part that is complete is asked about before it counts") {
  NginxServer nginx;
  const std::string bytes = numbered_bytes(3'000'000);
  nginx.write_file("large", bytes);
  for (const std::string now : {"same", "changed"}) {
    stop_after(nginx.url("/large"), bytes.size());
    CHECK((part() == bytes));
    if (now == "changed") nginx.write_file("large", "new");
    const DownloadResult result = download(nginx.url("/large"));
    CHECK(result.status == (now == "same" ? 206 : 200));
    CHECK((file() == (now == "same" ? bytes : "new")));
  }
}

TEST_CASE_METHOD(DownloadFixture,
                 "contents are asked for as they are; what comes coded is decoded") {
  DynamicServer server;
  const DownloadResult plain = download(server.url("/bytes/1000"));
  CHECK(plain.bytes == 1000);
  CHECK(server.requests().back().header("accept-encoding") == "identity");

  // A server that compresses all the same is asked again, to be decoded, and never for a range.
  CHECK(download(server.url("/gzip")).bytes == 5000);
  CHECK(file().starts_with("0123456789"));
  CHECK(server.requests().size() == 3);
  stop_after(server.url("/gzip"), 1);
  CHECK_FALSE(has("file.part.json"));

  // Who wants it as it is gets it so.
  client.download(get_with(server.url("/gzip"), RequestConfig().set_decompression(false)), path);
  CHECK(file().starts_with("\x1f\x8b"));
}

TEST_CASE_METHOD(DownloadFixture, "redirects are followed with the range") {
  NginxServer nginx({.locations = "location = /moved { return 302 /large; }"});
  const std::string bytes = numbered_bytes(3'000'000);
  nginx.write_file("large", bytes);
  stop_after(nginx.url("/moved"), 1'000'000);
  CHECK(download(nginx.url("/moved")).status == 206);
  CHECK((file() == bytes));
}

TEST_CASE_METHOD(DownloadFixture, "what is no plain GET is refused at the door") {
  const std::string url = "http://127.0.0.1:1/";
  for (const Request& request : {Request::post(url).build(), Request::head(url).build(),
                                 Request::get(url).header("Range", "bytes=0-").build(),
                                 Request::get(url).header("if-range", "\"v1\"").build()}) {
    CHECK_THROWS_AS(client.download(request, path), std::invalid_argument);
  }
  CHECK_THROWS_AS(client.download(Request::get(url).build(), ""), std::invalid_argument);
  CHECK(failure_of([&] { client.download(Request::get(url).build(), temp.path().string()); }) ==
        "errno " + std::to_string(EISDIR));
  const std::string pipe = (temp.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(failure_of([&] { client.download(Request::get(url).build(), pipe); }) ==
        "errno " + std::to_string(EEXIST));
  CHECK(fs::is_fifo(pipe));
  CHECK(failure_of([&] { client.download(Request::get(url).build(), path + "/below"); }) ==
        "errno " + std::to_string(ENOENT));
  CHECK_FALSE(has("file.part"));
}

TEST_CASE_METHOD(DownloadFixture, "two downloads to one file do not mix") {
  Gate arrived;
  Gate go;
  ScriptedServer server(
      {expect_request(), open_gate(arrived), wait_for(go), send(response(200, content))});
  std::future<DownloadResult> first =
      std::async(std::launch::async, [&] { return download(server.url()); });
  REQUIRE(arrived.wait());
  CHECK(failure_of([&] { download(server.url()); }) == "errno " + std::to_string(EBUSY));
  CHECK(server.requests().size() == 1);
  go.open();
  CHECK(first.get().bytes == total);
  CHECK(file() == content);
}

TEST_CASE_METHOD(DownloadFixture, "a stop ends a download at once, and leaves its part") {
  Gate sent;
  ScriptedServer server(
      {expect_request(), send(beginning()), open_gate(sent), wait_for_peer_close()});
  std::stop_source stop;
  std::future<std::string> failure = std::async(std::launch::async, [&] {
    return failure_of([&] { download(server.url(), {.stop_token = stop.get_token()}); });
  });
  REQUIRE(sent.wait());
  REQUIRE(eventually([&] { return part().size() == 400; }));
  stop.request_stop();
  CHECK(server.wait_for_peer_close(0));
  CHECK(failure.get() == "cancelled");
  CHECK(part() == content.substr(0, 400));
  CHECK(failure_of([&] { download(server.url(), {.stop_token = stop.get_token()}); }) ==
        "cancelled");
  CHECK(part() == content.substr(0, 400));
}

TEST_CASE_METHOD(DownloadFixture,
                 "the request's timeout is for the headers, idle and stream time-outs for all") {
  Gate sent;
  Gate go;
  ScriptedServer server({expect_request(), send(beginning()), open_gate(sent), wait_for(go),
                         send(content.substr(400))});
  std::future<DownloadResult> result = std::async(std::launch::async, [&] {
    return client.download(Request::get(server.url()).timeout(300ms).build(), path);
  });
  REQUIRE(sent.wait());
  CHECK(result.wait_for(600ms) == std::future_status::timeout);  // it would be over by then
  go.open();
  CHECK(result.get().bytes == total);

  const auto failure_with = [&](const RequestConfig& config) {
    ScriptedServer silent({expect_request(), send(beginning())});
    return failure_of([&] { client.download(get_with(silent.url(), config), path); });
  };
  CHECK(failure_with(RequestConfig().set_idle_timeout(100ms)) == "idle_timeout");
  CHECK(part() == content.substr(0, 400));
  CHECK(failure_with(RequestConfig().set_stream_timeout(100ms)) == "request_timeout");
}

namespace {

constexpr int cannot_be_had = 77;

/// In a child: 28 for errno 28.
int exit_status_of(const std::string& failure) {
  return failure.starts_with("errno ") ? std::stoi(failure.substr(6)) : 1;
}

}  // namespace

TEST_CASE_METHOD(DownloadFixture,
                 "a file that may not get that large is told as it is, and its part stays") {
  NginxServer nginx;
  nginx.write_file("large", numbered_bytes(3'000'000));
  CHECK(run_forked([&] {
          std::signal(SIGXFSZ, SIG_DFL);  // what would end the process
          const rlimit limit{.rlim_cur = 1'000'000, .rlim_max = 1'000'000};
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return cannot_be_had;
          return exit_status_of(failure_of([&] {
            Client(without_retries()).download(Request::get(nginx.url("/large")).build(), path);
          }));
        }) == "exit " + std::to_string(EFBIG));
  CHECK(part().size() == 1'000'000);
  CHECK(download(nginx.url("/large")).bytes_resumed == 1'000'000);
  CHECK((file() == numbered_bytes(3'000'000)));
}

TEST_CASE_METHOD(DownloadFixture,
                 "a full disk is told as it is, and the part is continued when there is room") {
  NginxServer nginx;
  const std::string bytes = numbered_bytes(3'000'000);
  nginx.write_file("large", bytes);
  const std::string end = run_forked([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", temp.path().c_str(), "tmpfs", 0, "size=4m") != 0)
      return cannot_be_had;
    temp.write("in_the_way", std::string(2'500'000, 'x'));
    const Client inner(without_retries());
    const Request request = Request::get(nginx.url("/large")).build();
    const std::string failure = failure_of([&] { inner.download(request, path); });
    if (failure != "errno " + std::to_string(ENOSPC)) return 1;
    if (!has("file.part") || !has("file.part.json") || has("file")) return 2;
    fs::remove(temp.path() / "in_the_way");
    if (inner.download(request, path).bytes_resumed < 1'000'000) return 3;
    return file() == bytes ? 0 : 4;
  });
  if (end == "exit " + std::to_string(cannot_be_had)) {
    WARN("no file system can be mounted here");
  } else {
    CHECK(end == "exit 0");
  }
}

}  // namespace async_http_pool::test
