#include "base/uuid.hpp"

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t uuid_length = 36;

bool has_uuid_form(std::string_view text) {
  if (text.size() != uuid_length) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash_place
            ? text[i] != '-'
            : std::string_view("0123456789abcdef").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> make_many(std::size_t count) {
  std::vector<std::string> uuids;
  for (std::size_t i = 0; i < count; ++i) {
    uuids.push_back(make_uuid());
  }
  return uuids;
}

/// Makes a UUID when its thread ends, after the thread's stock of random bytes is gone.
class LateMaker {
 public:
  explicit LateMaker(std::string& out) : out_(out) {}
  ~LateMaker() { out_ = make_uuid(); }
  LateMaker(const LateMaker&) = delete;
  LateMaker& operator=(const LateMaker&) = delete;

 private:
  std::string& out_;
};

TEST_CASE("a UUID has the form, version and variant of RFC 9562", "[uuid]") {
  for (const std::string& uuid : make_many(2000)) {
    CAPTURE(uuid);
    REQUIRE(has_uuid_form(uuid));
    REQUIRE(uuid[14] == '4');
    REQUIRE(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
  }
}

TEST_CASE("every digit of a UUID but version and variant varies", "[uuid]") {
  std::array<std::set<char>, uuid_length> seen;
  for (const std::string& uuid : make_many(2000)) {
    for (std::size_t i = 0; i < uuid_length; ++i) {
      seen[i].insert(uuid[i]);
    }
  }
  for (std::size_t i = 0; i < uuid_length; ++i) {
    CAPTURE(i);
    const bool is_fixed = i == 8 || i == 13 || i == 14 || i == 18 || i == 23;
    REQUIRE(seen[i].size() == (is_fixed ? 1U : i == 19 ? 4U : 16U));
  }
}

TEST_CASE("UUIDs of several threads are all different", "[uuid]") {
  constexpr std::size_t thread_count = 4;
  constexpr std::size_t uuids_each = 5000;
  std::array<std::vector<std::string>, thread_count> made;
  {
    std::vector<std::thread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] { mine = make_many(uuids_each); });
    }
    for (auto& thread : threads) {
      thread.join();
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) {
    all.insert(mine.begin(), mine.end());
  }
  REQUIRE(all.size() == thread_count * uuids_each);
}

TEST_CASE("a forked child does not repeat the UUIDs of its parent", "[uuid]") {
  constexpr std::size_t count = 300;  // more than one stock of random bytes
  (void)make_uuid();                  // so that there is a stock to inherit
  std::array<int, 2> channel{};
  REQUIRE(pipe(channel.data()) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string uuid = make_uuid();
      if (write(channel[1], uuid.data(), uuid.size()) != static_cast<ssize_t>(uuid.size())) {
        _exit(1);
      }
    }
    _exit(0);
  }
  close(channel[1]);
  std::string received;
  std::array<char, 4096> buffer{};
  for (ssize_t length = 0; (length = read(channel[0], buffer.data(), buffer.size())) > 0;) {
    received.append(buffer.data(), static_cast<std::size_t>(length));
  }
  close(channel[0]);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(received.size() == count * uuid_length);

  const auto mine = make_many(count);
  std::set<std::string> all(mine.begin(), mine.end());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string uuid = received.substr(i * uuid_length, uuid_length);
    REQUIRE(has_uuid_form(uuid));
    all.insert(uuid);
  }
  REQUIRE(all.size() == 2 * count);
}

TEST_CASE("a UUID can be made while its thread is being torn down", "[uuid]") {
  std::string early;
  std::string late;
  std::thread([&] {
    static thread_local const LateMaker maker(late);  // made first, hence destroyed last
    early = make_uuid();
  }).join();
  REQUIRE(has_uuid_form(early));
  REQUIRE(has_uuid_form(late));
  REQUIRE(early != late);
}

}  // namespace
}  // namespace async_http_pool
