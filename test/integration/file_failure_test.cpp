// What a file store does when the file system does not do what it is asked.
#include "support/catch.hpp"
#include "support/file_intercept.hpp"
#include "support/forked_child.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/file_store.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>

namespace async_http_pool::test {
namespace {

namespace fs = std::filesystem;

/// How `action` fails: "full: cannot write ..."; "done" when it does not.
std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const PayloadStoreError& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "done";
}

struct Fixture {
  TempDirectory temp;
  std::string path = (temp.path() / "payloads").string();
  FileStore store{{.directory = path}};

  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(path), fs::directory_iterator());
  }
};

struct Fault {
  FileCall call;
  int error;
  const char* failure;  // its beginning
};

constexpr Fault faults_of_store[] = {
    {FileCall::open, EMFILE, "unavailable: cannot open directory \""},
    {FileCall::open, EACCES, "unauthorized: cannot open directory \""},
    {FileCall::make, ENFILE, "unavailable: cannot make \""},
    {FileCall::make, EROFS, "read_only: cannot make \""},
    {FileCall::make, ENOSPC, "full: cannot make \""},
    {FileCall::make, EACCES, "unauthorized: cannot make \""},
    {FileCall::make, EPERM, "unauthorized: cannot make \""},
    {FileCall::make, ENAMETOOLONG, "misconfigured: cannot make \""},
    {FileCall::write, ENOSPC, "full: cannot write \""},
    {FileCall::write, EDQUOT, "full: cannot write \""},
    {FileCall::write, EFBIG, "payload_too_large: cannot write \""},
    {FileCall::write, EIO, "internal: cannot write \""},
    {FileCall::sync, ENOSPC, "full: cannot write \""},
    {FileCall::sync, EIO, "internal: cannot write \""},
    {FileCall::close, EDQUOT, "full: cannot write \""},
    {FileCall::rename, EROFS, "read_only: cannot write \""},
    {FileCall::rename, ENOSPC, "full: cannot write \""},
};

TEST_CASE_METHOD(Fixture, "each step of storing can fail, and leaves the old payload and no file") {
  store.store("k", "old");
  for (const Fault& fault : faults_of_store) {
    std::string failure;
    {
      const FileIntercept intercept(fault.call, [&] { return fault.error; });
      failure = failure_of([&] { store.store("k", "new"); });
    }
    INFO(failure);
    CHECK(failure.starts_with(fault.failure));
    CHECK(failure.find(path) != std::string::npos);
    CHECK(store.fetch("k") == "old");
    CHECK(files() == 1);
  }
}

TEST_CASE_METHOD(Fixture, "a directory that does not reach the disk leaves the new payload there") {
  store.store("k", "old");
  int times = 0;
  const FileIntercept intercept(FileCall::sync, [&] { return ++times == 2 ? EIO : 0; });
  CHECK(failure_of([&] { store.store("k", "new"); }) ==
        "internal: cannot synchronize directory \"" + path + "\": Input/output error");
  CHECK(store.fetch("k") == "new");
  CHECK(files() == 1);
}

TEST_CASE_METHOD(Fixture,
                 "file systems that cannot synchronize directories are used all the same") {
  int times = 0;
  const FileIntercept intercept(FileCall::sync, [&] { return ++times == 2 ? EINVAL : 0; });
  store.store("k", "payload");
  CHECK(store.fetch("k") == "payload");
}

TEST_CASE_METHOD(Fixture, "interrupted calls are made again") {
  for (const FileCall call : {FileCall::open, FileCall::make, FileCall::write, FileCall::sync}) {
    int times = 0;
    const FileIntercept intercept(call, [&] { return ++times <= 3 ? EINTR : 0; });
    store.store("k", "payload");
    CHECK(store.fetch("k") == "payload");
    CHECK(times >= 4);
    store.remove("k");
  }
  // Once more would close what another thread has opened meanwhile.
  const FileIntercept intercept(FileCall::close, [] { return EINTR; });
  store.store("k", "payload");
  CHECK(store.fetch("k") == "payload");
}

TEST_CASE_METHOD(Fixture, "writes that take a part are gone on with") {
  const ShortWrites short_writes;
  store.store("k", "a payload of some length");
  CHECK(store.fetch("k") == "a payload of some length");
}

TEST_CASE_METHOD(Fixture, "fetching and removing can fail, too") {
  store.store("k", "payload");
  const auto with_fault = [&](const Fault& fault, const std::function<void()>& action) {
    int times = 0;
    const FileIntercept intercept(fault.call, [&] { return ++times == 2 ? fault.error : 0; });
    return failure_of(action);
  };
  const std::string file = '"' + path + "/k.json\": ";
  CHECK(with_fault({FileCall::open, EMFILE, ""}, [&] { static_cast<void>(store.fetch("k")); }) ==
        "unavailable: cannot open " + file + "Too many open files");
  CHECK(with_fault({FileCall::open, EACCES, ""}, [&] { static_cast<void>(store.fetch("k")); }) ==
        "unauthorized: cannot open " + file + "Permission denied");
  const FileIntercept intercept(FileCall::unlink, [] { return EROFS; });
  CHECK(failure_of([&] { store.remove("k"); }) ==
        "read_only: cannot remove " + file + "Read-only file system");
  CHECK(store.fetch("k") == "payload");
}

// --- What is there is not what should be ---

TEST_CASE_METHOD(Fixture, "a link in the place of a payload is not followed") {
  const std::string outside = temp.write("outside", "secret");
  fs::create_symlink(outside, path + "/k.json");
  CHECK(failure_of([&] { static_cast<void>(store.fetch("k")); }) ==
        "corrupt: cannot open \"" + path + "/k.json\": Too many levels of symbolic links");
  store.store("k", "payload");
  CHECK(store.fetch("k") == "payload");
  CHECK(temp.read("outside") == "secret");
  fs::remove(path + "/k.json");
  fs::create_symlink(outside, path + "/k.json");
  store.remove("k");
  CHECK(temp.read("outside") == "secret");
  CHECK(files() == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a pipe or a directory in the place of a payload is none, and holds nobody up") {
  REQUIRE(::mkfifo((path + "/pipe.json").c_str(), 0600) == 0);
  CHECK(failure_of([&] { static_cast<void>(store.fetch("pipe")); }) ==
        "corrupt: file \"" + path + "/pipe.json\" is no regular file");
  fs::create_directory(path + "/directory.json");
  CHECK(failure_of([&] { static_cast<void>(store.fetch("directory")); }) ==
        "corrupt: file \"" + path + "/directory.json\" is no regular file");
  CHECK(failure_of([&] { store.store("directory", "x"); }).starts_with("corrupt: cannot write \""));
  CHECK(failure_of([&] { store.remove("directory"); }).starts_with("corrupt: cannot remove \""));
  CHECK(files() == 2);
}

TEST_CASE_METHOD(Fixture, "a file that is far too large is not read") {
  temp.write("payloads/k.json", "x");
  fs::resize_file(path + "/k.json", FileStore::payload_bytes_max + 1);
  CHECK(failure_of([&] { static_cast<void>(store.fetch("k")); }) ==
        "payload_too_large: cannot read \"" + path + "/k.json\": File too large");
}

TEST_CASE("a file in the place of the directory, or above it, is refused") {
  const TempDirectory temp;
  const std::string file = temp.write("file", "x");
  CHECK(failure_of([&] { FileStore({.directory = file}); }) ==
        "misconfigured: cannot open directory \"" + file + "\": Not a directory");
  CHECK(failure_of([&] { FileStore({.directory = file + "/payloads"}); }) ==
        "misconfigured: cannot make directory \"" + file + "/payloads\": Not a directory");
  CHECK(failure_of([&] {
          FileStore({.directory = temp.path() / std::string(300, 'x')});
        }).starts_with("misconfigured: cannot make directory \""));
}

// --- The directory among the temporary files ---

/// For as long as it lives, $TMPDIR is a directory of the test's.
struct OwnTemporary {
  TempDirectory temp;
  std::optional<std::string> before;
  std::string path =
      (temp.path() / ("async_http_pool-payloads-" + std::to_string(::geteuid()))).string();

  OwnTemporary() {
    if (const char* old = std::getenv("TMPDIR"); old != nullptr) before = old;
    ::setenv("TMPDIR", temp.path().c_str(), 1);
  }
  ~OwnTemporary() {
    if (before.has_value()) {
      ::setenv("TMPDIR", before->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
  }
};

TEST_CASE_METHOD(OwnTemporary, "without a directory one is made that nobody else can read") {
  const mode_t mask = ::umask(0);
  FileStore store;
  ::umask(mask);
  CHECK(store.directory() == path);
  CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms::owner_all);
  store.store("k", "payload");
  CHECK(FileStore().fetch("k") == "payload");
}

TEST_CASE_METHOD(OwnTemporary, "one that others may write to, or made, is refused") {
  fs::create_directory(path);
  fs::permissions(path, fs::perms::all);
  CHECK(failure_of([] { FileStore(); }) ==
        "unauthorized: directory \"" + path +
            "\" belongs to another user, or others may write to it");
  fs::permissions(path, fs::perms::owner_all);
  CHECK(failure_of([] { FileStore(); }) == "done");
  if (::geteuid() == 0) {
    REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    CHECK(failure_of([] { FileStore(); }).starts_with("unauthorized: directory \""));
  }
}

TEST_CASE_METHOD(OwnTemporary, "one that is a link is refused, wherever it leads") {
  fs::create_directory(temp.path() / "elsewhere");
  fs::create_directory_symlink(temp.path() / "elsewhere", path);
  CHECK(failure_of([] { FileStore(); }).starts_with("misconfigured: cannot open directory \""));
  FileStore given({.directory = path});  // who names it means it
  given.store("k", "payload");
  CHECK(temp.read("elsewhere/k.json") == "payload");
}

// --- The real thing, where the machine lets us ---

/// In a child: the code of the failure as its exit status, 100 when there is none.
int exit_status_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const PayloadStoreError& error) {
    return static_cast<int>(error.code());
  }
  return 100;
}

std::string exit_with(PayloadStoreErrorCode code) {
  return "exit " + std::to_string(static_cast<int>(code));
}

constexpr int cannot_be_had = 101;

TEST_CASE_METHOD(Fixture, "a limit of the process's on files is a payload too large") {
  store.store("k", "old");
  CHECK(run_forked([&] {
          std::signal(SIGXFSZ, SIG_DFL);  // what would end the process
          const rlimit limit{.rlim_cur = 10'000, .rlim_max = 10'000};
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return cannot_be_had;
          static_cast<void>(failure_of([&] { store.store("k", std::string(20'000, 'x')); }));
          return exit_status_of([&] { store.store("k", std::string(20'000, 'x')); });
        }) == exit_with(PayloadStoreErrorCode::payload_too_large));
  CHECK(store.fetch("k") == "old");
  CHECK(files() == 1);
}

TEST_CASE_METHOD(Fixture, "a process out of descriptors can try again later") {
  store.store("k", "old");
  CHECK(run_forked([&] {
          const rlimit limit{.rlim_cur = 0, .rlim_max = 0};
          if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return cannot_be_had;
          return exit_status_of([&] { store.store("k", "new"); });
        }) == exit_with(PayloadStoreErrorCode::unavailable));
}

/// Runs `action` in a child that has a small file system of its own at `path`, if it may.
std::string on_small_file_system(const std::string& path, unsigned long more_flags,
                                 const std::function<void()>& action) {
  return run_forked([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", path.c_str(), "tmpfs", more_flags, "size=1m") != 0) {
      return cannot_be_had;
    }
    return exit_status_of(action);
  });
}

TEST_CASE_METHOD(Fixture, "a file system without space is full, and not fuller afterwards") {
  const std::string end = on_small_file_system(path, 0, [&] {
    store.store("k", "old");
    for (int i = 0; i < 3; ++i) {
      const std::string failure =
          failure_of([&] { store.store("k", std::string(std::size_t{2} << 20, 'x')); });
      if (!failure.starts_with("full: ") || store.fetch("k") != "old" || files() != 1) return;
    }
    store.store("other", std::string(500'000, 'x'));
    store.store("k", std::string(std::size_t{2} << 20, 'x'));
  });
  if (end == "exit " + std::to_string(cannot_be_had)) {
    WARN("no file system can be mounted here");
  } else {
    CHECK(end == exit_with(PayloadStoreErrorCode::full));
  }
}

TEST_CASE_METHOD(Fixture, "a file system that is read-only says so") {
  const std::string end =
      on_small_file_system(path, MS_RDONLY, [&] { store.store("k", "payload"); });
  if (end == "exit " + std::to_string(cannot_be_had)) {
    WARN("no file system can be mounted here");
  } else {
    CHECK(end == exit_with(PayloadStoreErrorCode::read_only));
  }
}

TEST_CASE_METHOD(Fixture, "a directory without permission is refused") {
  fs::permissions(path, fs::perms::none);
  const auto as_nobody = [&](const std::function<void()>& action) {
    return run_forked([&] {
      // Who is not root lacks the permission already.
      if (::geteuid() == 0 &&
          (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) {
        return cannot_be_had;
      }
      return exit_status_of(action);
    });
  };
  const std::string refused = exit_with(PayloadStoreErrorCode::unauthorized);
  CHECK(as_nobody([&] { store.store("k", "x"); }) == refused);
  CHECK(as_nobody([&] { static_cast<void>(store.fetch("k")); }) == refused);
  CHECK(as_nobody([&] { store.remove("k"); }) == refused);
  CHECK(as_nobody([&] { FileStore({.directory = path + "/below"}); }) == refused);
  fs::permissions(path, fs::perms::owner_all);
}

}  // namespace
}  // namespace async_http_pool::test
