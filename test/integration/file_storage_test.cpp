// Payloads as files: what a reader sees, whatever processes do, and die of.
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/file_intercept.hpp"
#include "support/forked_child.hpp"
#include "support/refusal.hpp"
#include "support/sanitized.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/file_store.hpp>
#include <async_http_pool/payload_store_check.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace async_http_pool::test {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

Names names_in(const fs::path& directory) {
  Names names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// A directory with a store in it, and more stores on it.
struct Fixture {
  TempDirectory temp;
  std::string path = (temp.path() / "payloads").string();
  FileStore store{{.directory = path}};

  [[nodiscard]] std::shared_ptr<FileStore> make() const {
    return std::make_shared<FileStore>(FileStoreOptions{.directory = path});
  }
  [[nodiscard]] std::shared_ptr<FileStore> make(std::chrono::milliseconds leftover_age) const {
    return std::make_shared<FileStore>(
        FileStoreOptions{.directory = path, .leftover_age = leftover_age});
  }
};

TEST_CASE_METHOD(Fixture, "a file store keeps all rules of payload stores") {
  PayloadStoreCheckOptions options;
  if (is_thread_sanitized) options.large_payload_bytes = std::size_t{8} << 20;
  for (const auto& finding : check_payload_store([this] { return make(); }, options)) {
    FAIL_CHECK(finding.rule << ": " << finding.detail);
  }
  CHECK(names_in(path).empty());
}

TEST_CASE_METHOD(Fixture, "a payload is the file that the original would write") {
  CHECK(store.store("7f9c2ba4", "{\"a\":1}") == "7f9c2ba4");
  CHECK(temp.read("payloads/7f9c2ba4.json") == "{\"a\":1}");
  CHECK(names_in(path) == Names{"7f9c2ba4.json"});
  temp.write("payloads/theirs.json", "{}");
  CHECK(store.fetch("theirs") == "{}");
  struct stat status {};
  REQUIRE(::stat((path + "/7f9c2ba4.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE_METHOD(Fixture, "the longest key fits into a file's name") {
  const std::string key(200, 'k');
  store.store(key, "payload");
  CHECK(store.fetch(key) == "payload");
  CHECK(refusal_of([&] { return store.fetch(key + "k"); }) ==
        "payload key is longer than 200 bytes, got: 201");
}

TEST_CASE_METHOD(Fixture, "no key leads out of the directory") {
  temp.write("outside.json", "secret");
  for (const std::string& key : {std::string("../outside"), std::string("./../outside"),
                                 temp.path().string() + "/outside"}) {
    INFO(key);
    CHECK_THROWS_AS(store.fetch(key), std::invalid_argument);
    CHECK_THROWS_AS(store.store(key, "x"), std::invalid_argument);
    CHECK_THROWS_AS(store.remove(key), std::invalid_argument);
  }
  CHECK(temp.read("outside.json") == "secret");
}

TEST_CASE_METHOD(Fixture,
                 "a relative directory stays where it was when the process goes elsewhere") {
  const fs::path before = fs::current_path();
  fs::current_path(temp.path());
  FileStore relative({.directory = "./a/../relative/"});
  fs::current_path(before);
  CHECK(fs::equivalent(relative.directory(), temp.path() / "relative"));
  CHECK(fs::path(relative.directory()).is_absolute());
  relative.store("k", "payload");
  CHECK(temp.read("relative/k.json") == "payload");
}

TEST_CASE_METHOD(Fixture,
                 "a directory that is removed takes its payloads along, and is made again") {
  store.store("k", "old");
  fs::remove_all(path);
  CHECK_FALSE(store.fetch("k").has_value());
  store.remove("k");
  store.store("k", "new");
  CHECK(store.fetch("k") == "new");
  CHECK(make()->fetch("k") == "new");
}

TEST_CASE_METHOD(Fixture, "a directory that is removed between two steps is made again") {
  for (const FileCall call : {FileCall::make, FileCall::sync, FileCall::rename}) {
    int times = 0;
    const FileIntercept intercept(call, [&] {
      if (++times == 1) fs::remove_all(path);
      return 0;
    });
    store.store("k", "payload");
    CHECK(store.fetch("k") == "payload");
    CHECK(times >= 2);
  }
}

/// Writes and reads keys that all processes share, for a while; returns how often it saw a part.
int disturb(const std::string& path, int self) {
  FileStore store({.directory = path});
  const std::string own = "own-" + std::to_string(self);
  int faults = 0;
  for (int round = 0; round < 60; ++round) {
    const std::string payload(static_cast<std::size_t>(20'000 + self * 1000),
                              static_cast<char>('a' + self));
    store.store("shared", payload);
    const auto seen = store.fetch("shared");
    const bool is_whole =
        seen.has_value() && seen->size() % 1000 == 0 && seen->size() >= 20'000 &&
        seen->front() == 'a' + static_cast<int>(seen->size() - 20'000) / 1000 &&
        std::ranges::count(*seen, seen->front()) == static_cast<std::ptrdiff_t>(seen->size());
    if (!is_whole) ++faults;
    const std::string mine = own + "-" + std::to_string(round);
    store.store(mine, payload);
    if (store.fetch(mine) != payload) ++faults;
    store.remove(mine);
    if (store.fetch(mine).has_value()) ++faults;
  }
  return faults;
}

TEST_CASE_METHOD(Fixture, "many processes share a directory, and see whole payloads only") {
  std::vector<pid_t> children;
  for (int self = 0; self < 6; ++self) {
    const pid_t id = ::fork();
    if (id == 0) {
      ::alarm(child_seconds_max);
      int faults = 99;
      try {
        faults = disturb(path, self);
      } catch (const std::exception&) {
      }
      ::_exit(faults);
    }
    children.push_back(id);
  }
  for (const pid_t id : children) CHECK(wait_for_child(id) == "exit 0");
  CHECK(names_in(path) == Names{"shared.json"});
}

/// A process that dies by SIGKILL when it comes to `call` the first time in storing "k".
std::string kill_writer_at(FileCall call, const std::string& path) {
  return run_forked([&] {
    FileStore store({.directory = path});
    const FileIntercept intercept(call, [] { return ::kill(::getpid(), SIGKILL); });
    store.store("k", std::string(1'000'000, 'x'));
    return 0;
  });
}

void make_older(const fs::path& directory, std::chrono::seconds age) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    fs::last_write_time(entry.path(), fs::last_write_time(entry.path()) - age);
  }
}

TEST_CASE_METHOD(Fixture, "a writer that is killed leaves nothing that readers see") {
  for (const FileCall call : {FileCall::write, FileCall::sync, FileCall::rename}) {
    INFO(static_cast<int>(call));
    CHECK(kill_writer_at(call, path) == "signal 9");
    CHECK_FALSE(store.fetch("k").has_value());
    REQUIRE(names_in(path).size() == 1);  // what the next case is about
    store.store("k", "old");
    CHECK(kill_writer_at(call, path) == "signal 9");
    CHECK(store.fetch("k") == "old");
    fs::remove_all(path);
  }
}

TEST_CASE_METHOD(Fixture, "what a dead writer left is removed once it is old, and no sooner") {
  REQUIRE(kill_writer_at(FileCall::rename, path) == "signal 9");
  REQUIRE(names_in(path).size() == 1);
  static_cast<void>(make());
  CHECK(names_in(path).size() == 1);
  make_older(path, 3599s);
  static_cast<void>(make());
  CHECK(names_in(path).size() == 1);
  make_older(path, 2s);
  static_cast<void>(make());
  CHECK(names_in(path).empty());
}

TEST_CASE_METHOD(Fixture, "a live writer is not disturbed when another store is made") {
  const FileIntercept intercept(FileCall::rename, [&] {
    static_cast<void>(make(1s));
    return 0;
  });
  store.store("k", "payload");
  CHECK(store.fetch("k") == "payload");
}

TEST_CASE_METHOD(Fixture, "a writer whose file was taken for a leftover writes once more") {
  int times = 0;
  const FileIntercept intercept(FileCall::rename, [&] {
    if (++times == 1) {
      make_older(path, 1h);
      static_cast<void>(make());
    }
    return 0;
  });
  store.store("k", "payload");
  CHECK(store.fetch("k") == "payload");
  CHECK(times == 2);
}

TEST_CASE_METHOD(Fixture, "old files that are not leftovers stay") {
  const std::string uuid = "7f9c2ba4-e88f-427d-9f5c-0d9f6d0f2a11";
  const Names others = {"k.json",
                        ".hidden",
                        ".k.tmp",
                        ".tmp",
                        "k." + uuid + ".tmp",
                        "." + uuid + ".tmp",
                        "x.tmp",
                        ".k." + uuid + ".tmpx",
                        ".k." + uuid.substr(1) + "X.tmp"};
  for (const std::string& name : others) temp.write("payloads/" + name, "x");
  temp.write("payloads/.k." + uuid + ".tmp", "x");
  fs::create_directory(path + "/.directory." + uuid + ".tmp");
  make_older(path, 2h);
  static_cast<void>(make());
  Names left = others;
  left.insert(".directory." + uuid + ".tmp");
  CHECK(names_in(path) == left);
}

TEST_CASE("the options of a file store are checked") {
  const TempDirectory temp;
  const auto refusal = [&](const std::string& directory, std::chrono::milliseconds age) {
    return refusal_of(
        [&] { return FileStore({.directory = directory, .leftover_age = age}).directory(); });
  };
  CHECK(refusal(temp.path().string(), 999ms) == "leftover_age must be at least 1 s, got: 999 ms");
  CHECK(refusal(temp.path().string(), std::chrono::milliseconds::max()) == "(nothing was refused)");
  CHECK(refusal(std::string("a\0b", 3), 1s) ==
        "directory of a file store must be free of NUL, got: \"a\\x00b\"");
}

}  // namespace
}  // namespace async_http_pool::test
