#include "base/body_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/catch.hpp"
#include "support/temp_directory.hpp"

namespace async_http_pool {
namespace {

using Catch::Matchers::Contains;
using test::TempDirectory;

/// All that is left, in pieces of `piece` bytes; none when the file failed.
std::optional<std::string> read_all(BodyFile& file, std::size_t piece = 7) {
  std::string bytes;
  std::string buffer(piece, '\0');
  for (;;) {
    const auto count = file.read(buffer.data(), buffer.size());
    if (!count) return std::nullopt;
    if (*count == 0) return bytes;
    bytes.append(buffer, 0, *count);
  }
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("a body file is read to its end, and again from wherever it is wanted") {
  const TempDirectory directory;
  BodyFile file(directory.write("body", "0123456789abcdef"));
  REQUIRE(file.measure());
  CHECK(file.size() == 16);
  CHECK(read_all(file) == "0123456789abcdef");
  CHECK(read_all(file) == "");
  file.seek(10);
  CHECK(read_all(file) == "abcdef");
  file.seek(0);
  CHECK(read_all(file, 100) == "0123456789abcdef");
  file.seek(1000);
  CHECK(read_all(file) == "");
}

TEST_CASE("a body file holds a descriptor only while there is more to read") {
  const TempDirectory directory;
  BodyFile file(directory.write("body", "0123456789"));
  const std::size_t before = open_descriptors();
  REQUIRE(file.measure());
  CHECK(open_descriptors() == before);
  char byte = 0;
  REQUIRE(file.read(&byte, 1) == std::size_t{1});
  CHECK(open_descriptors() == before + 1);
  CHECK(read_all(file) == "123456789");
  CHECK(open_descriptors() == before);
}

TEST_CASE("what is no regular file is refused, without waiting for a pipe or a terminal") {
  const TempDirectory directory;
  const std::string fifo = (directory.path() / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::string& path : {fifo, directory.path().string(), std::string("/dev/zero")}) {
    INFO(path);
    BodyFile file(path);
    CHECK_FALSE(file.measure());
    CHECK_THAT(file.failure(), Contains("is not a regular file") && Contains(path));
  }
}

TEST_CASE("a body file that cannot be opened says why") {
  const TempDirectory directory;
  BodyFile missing((directory.path() / "missing").string());
  CHECK_FALSE(missing.measure());
  CHECK_THAT(missing.failure(), Contains("No such file or directory"));
  BodyFile vanished(directory.write("body", "0123456789"));
  REQUIRE(vanished.measure());
  std::filesystem::remove(directory.path() / "body");
  CHECK(read_all(vanished) == std::nullopt);
  CHECK_THAT(vanished.failure(), Contains("No such file or directory"));
}

TEST_CASE("a file whose bytes are not counted in its size is refused") {
  BodyFile file("/proc/self/status");
  CHECK_FALSE(file.measure());
  CHECK_THAT(file.failure(), Contains("does not tell its size"));
}

TEST_CASE("a file that shrinks or grows is never read to its end") {
  const TempDirectory directory;
  for (const char* later : {"012345678", "0123456789a", ""}) {
    INFO(later);
    const std::string path = directory.write("body", "0123456789");
    BodyFile before(path);
    BodyFile midway(path);
    REQUIRE(before.measure());
    REQUIRE(midway.measure());
    char byte = 0;
    REQUIRE(midway.read(&byte, 1) == std::size_t{1});
    directory.write("body", later);
    CHECK(read_all(before) == std::nullopt);
    CHECK_THAT(before.failure(), Contains("and had 10 before"));
    CHECK(read_all(midway) == std::nullopt);
    CHECK_THAT(midway.failure(), Contains("and had 10 before"));
    REQUIRE(before.measure());  // what it is now may be sent
    CHECK(read_all(before) == later);
  }
}

TEST_CASE("an empty file is a body of no bytes") {
  const TempDirectory directory;
  BodyFile file(directory.write("body", ""));
  REQUIRE(file.measure());
  CHECK(file.size() == 0);
  CHECK(read_all(file) == "");
}

}  // namespace async_http_pool
