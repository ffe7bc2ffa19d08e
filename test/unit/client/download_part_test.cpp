#include "client/download_part.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <async_http_pool/value.hpp>

#include "support/catch.hpp"
#include "support/file_intercept.hpp"
#include "support/temp_directory.hpp"

namespace async_http_pool {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::FileCall;
using test::FileIntercept;
using test::TempDirectory;

const std::string url = "http://127.0.0.1/file";
const DownloadRecord record = {.url = url, .validator = "\"v1\"", .total = 10};

struct Fixture {
  TempDirectory temp;
  const std::string path = (temp.path() / "file").string();

  [[nodiscard]] bool has(const std::string& name) const { return fs::exists(temp.path() / name); }
  /// What a new download would find.
  [[nodiscard]] std::optional<DownloadRecord> recalled(const std::string& of = url) const {
    return DownloadPart(path).recall(of);
  }
  void leave(const DownloadRecord& what, const std::string& bytes) const {
    DownloadPart part(path);
    part.start_anew(what);
    part.write(bytes);
  }
};

/// The error that `action` throws; 0 when it does not.
template <typename Action>
int error_of(Action action) {
  try {
    action();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

TEST_CASE_METHOD(Fixture, "a part gets its name when it is complete, and not before") {
  temp.write("file", "old");
  {
    DownloadPart part(path);
    part.start_anew(record);
    part.write("01234");
    part.write("56789");
    CHECK(part.bytes() == 10);
    CHECK(temp.read("file") == "old");
    part.publish();
  }
  CHECK(temp.read("file") == "0123456789");
  CHECK_FALSE(has("file.part"));
  CHECK_FALSE(has("file.part.json"));
}

TEST_CASE_METHOD(Fixture, "what was left can be continued, from any of its bytes") {
  leave(record, "01234");
  const Value document = Value::from_json(temp.read("file.part.json"));
  CHECK(document == Value::object({{"url", url}, {"validator", "\"v1\""}, {"total", 10}}));
  struct stat status {};
  REQUIRE(::stat((path + ".part.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);

  DownloadPart part(path);
  const std::optional<DownloadRecord> found = part.recall(url);
  REQUIRE(found.has_value());
  CHECK(found->validator == "\"v1\"");
  CHECK(found->total == 10U);
  CHECK(part.bytes() == 5);
  part.go_on_at(4);
  part.write("xyz");
  part.publish();
  CHECK(temp.read("file") == "0123xyz");
}

TEST_CASE_METHOD(Fixture, "what cannot be trusted is not continued") {
  leave(record, "01234");
  CHECK_FALSE(recalled("http://127.0.0.1/other").has_value());
  CHECK(recalled().has_value());

  leave({.url = url, .validator = "\"v1\""}, "01234");
  REQUIRE(recalled().has_value());
  CHECK_FALSE(recalled()->total.has_value());

  leave({.url = url, .validator = "\"v1\"", .total = 4}, "01234");  // more than there is
  CHECK_FALSE(recalled().has_value());

  leave({.url = url, .validator = ""}, "01234");
  CHECK_FALSE(recalled().has_value());
  CHECK_FALSE(has("file.part.json"));
  CHECK(has("file.part"));

  const std::vector<std::string> documents = {
      "",
      "{",
      "null",
      "[]",
      "7",
      R"({"url":"http://127.0.0.1/file"})",
      R"({"url":"http://127.0.0.1/file","validator":"\"v1\""})",
      R"({"url":"http://127.0.0.1/file","validator":"W/\"v1\"","total":null})",
      R"({"url":"http://127.0.0.1/file","validator":"\"v1\"\r\nx: y","total":null})",
      R"({"url":"http://127.0.0.1/file","validator":"","total":10})",
      R"({"url":"http://127.0.0.1/file","validator":7,"total":10})",
      R"({"url":7,"validator":"\"v1\"","total":10})",
      R"({"url":"http://127.0.0.1/file","validator":"\"v1\"","total":-1})",
      R"({"url":"http://127.0.0.1/file","validator":"\"v1\"","total":1e300})",
      R"({"url":"http://127.0.0.1/file","validator":"\"v1\"","total":"10"})",
      std::string(2U << 20U, ' ')};
  for (const std::string& document : documents) {
    CAPTURE(document.substr(0, 100));
    temp.write("file.part", "01234");
    temp.write("file.part.json", document);
    CHECK_FALSE(recalled().has_value());
  }
}

TEST_CASE_METHOD(Fixture, "a part without a byte does not stay") {
  leave(record, "");
  CHECK_FALSE(has("file.part"));
  CHECK_FALSE(has("file.part.json"));
  leave(record, "01234");
  { DownloadPart(path).start_anew(record); }
  CHECK_FALSE(has("file.part"));
  CHECK_FALSE(has("file.part.json"));
}

TEST_CASE_METHOD(Fixture, "one download at a time has a part") {
  {
    DownloadPart part(path);
    CHECK(error_of([&] { DownloadPart{path}; }) == EBUSY);
    CHECK_THROWS_WITH(DownloadPart(path),
                      Catch::Matchers::Contains("another download to \"" + path + "\""));
    part.write("x");
  }
  CHECK(error_of([&] { DownloadPart{path}; }) == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a file that has its name is not touched by who was about to open the part") {
  // Of who finds the part open, some get its lock when it is a part no more.
  constexpr int rounds = 150;
  const auto publish_all = [this](char letter) {
    for (int published = 0; published < rounds;) {
      try {
        DownloadPart part(path);
        part.start_anew({});
        for (int i = 0; i < 10; ++i) part.write(std::string(100, letter));
        part.publish();
        ++published;
      } catch (const std::system_error& error) {
        if (error.code() != std::errc::device_or_resource_busy) throw;
      }
    }
  };
  std::future<void> a = std::async(std::launch::async, publish_all, 'a');
  std::future<void> b = std::async(std::launch::async, publish_all, 'b');
  std::string torn;
  while (a.wait_for(0s) != std::future_status::ready ||
         b.wait_for(0s) != std::future_status::ready) {
    const std::string content = test::content_of(path);
    if (!content.empty() && content != std::string(1000, content[0])) torn = content;
  }
  a.get();
  b.get();
  CHECK(torn.empty());
}

TEST_CASE_METHOD(Fixture, "what is in the way is told, and left as it is") {
  CHECK_THROWS_AS(DownloadPart(""), std::invalid_argument);
  CHECK_THROWS_AS(DownloadPart(std::string("a\0b", 3)), std::invalid_argument);
  CHECK(error_of([&] { DownloadPart(temp.path().string()); }) == EISDIR);
  CHECK(error_of([&] { DownloadPart(path + "/"); }) == EISDIR);
  CHECK(error_of([&] { DownloadPart(path + "/below/it"); }) == ENOENT);
  temp.write("target", "t");
  fs::create_symlink(temp.path() / "target", path + ".part");
  CHECK(error_of([&] { DownloadPart{path}; }) == ELOOP);
  CHECK(temp.read("target") == "t");
  fs::remove(path + ".part");
  fs::create_directory(path + ".part");
  CHECK(error_of([&] { DownloadPart{path}; }) == EISDIR);
  fs::remove(path + ".part");
  REQUIRE(::mkfifo((path + ".part").c_str(), 0600) == 0);
  CHECK(error_of([&] { DownloadPart{path}; }) == ENXIO);  // nobody reads it
}

TEST_CASE_METHOD(Fixture, "each step can fail, and the bytes stay for the next time") {
  struct Row {
    FileCall call;
    int error;
  };
  for (const Row& row :
       {Row{FileCall::write, ENOSPC}, Row{FileCall::sync, EIO}, Row{FileCall::rename, EROFS}}) {
    leave(record, "01234");
    DownloadPart part(path);
    const FileIntercept intercept(row.call, [&] { return row.error; });
    CHECK(error_of([&] {
            part.write("56789");
            part.publish();
          }) == row.error);
    CHECK_FALSE(has("file"));
    CHECK(temp.read("file.part").starts_with("01234"));
    CHECK(has("file.part.json"));
  }
  for (const FileCall call : {FileCall::make, FileCall::write, FileCall::close}) {
    DownloadPart part(path);
    const FileIntercept intercept(call, [] { return EDQUOT; });
    CHECK(error_of([&] { part.start_anew(record); }) == EDQUOT);
  }
  const FileIntercept intercept(FileCall::make, [] { return EMFILE; });
  CHECK(error_of([&] { DownloadPart{path}; }) == EMFILE);
}

}  // namespace
}  // namespace async_http_pool
