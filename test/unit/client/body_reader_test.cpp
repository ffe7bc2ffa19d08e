// Reading a body in all the ways there are.
#include "support/catch.hpp"
#include "support/fake_transfer.hpp"
#include "support/patience.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/body_reader.hpp>
#include <async_http_pool/exceptions.hpp>

#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;
using namespace std::chrono_literals;

namespace {

/// A body that has arrived, of a response with these headers.
struct Arrived {
  explicit Arrived(std::string_view bytes, Headers headers = {},
                   std::optional<std::uint64_t> size = std::nullopt)
      : response(
            transfer.respond({.status = 200, .headers = std::move(headers), .body_bytes = size})) {
    transfer.write(bytes);
  }
  BodyReader& body() { return response.body(); }

  FakeTransfer transfer;
  StreamingResponse response;
};

ErrorCode code_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const RequestError& error) {
    return error.code();
  }
  return ErrorCode::none;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("An empty reader is at its end", "[body_reader]") {
  BodyReader empty;
  std::array<char, 4> buffer{};
  CHECK(empty.read(buffer) == 0);
  CHECK(empty.read_for(buffer, 1h) == std::size_t{0});
  CHECK(empty.is_readable());
  CHECK(empty.bytes().empty());
  CHECK(empty.text().empty());
  CHECK(empty.discard() == 0);
  CHECK(empty.size() == std::nullopt);
  CHECK(empty.position() == 0);
  empty.cancel();
  bool is_called = false;
  empty.when_readable([&] { is_called = true; });
  CHECK(is_called);
}

TEST_CASE("A callback that is called at once may destroy its reader, and throw", "[body_reader]") {
  CHECK_NOTHROW(BodyReader().when_readable([] { throw std::runtime_error("at its end"); }));
  ResponseParts parts;
  parts.body = "all of it";
  std::optional<StreamingResponse> response(Response(std::move(parts)));
  CHECK_NOTHROW(response->body().when_readable([&] {
    response.reset();
    throw std::runtime_error("gone");
  }));
}

TEST_CASE("A read takes what is there and does not wait for more", "[body_reader]") {
  Arrived arrived("abcdef");
  std::array<char, 4> buffer{};
  CHECK(arrived.body().read(buffer) == 4);
  CHECK(std::string_view(buffer.data(), 4) == "abcd");
  CHECK(arrived.body().position() == 4);
  CHECK(arrived.body().read_for(buffer, 1h) == std::size_t{2});
  CHECK(arrived.body().read_for(buffer, 0ms) == std::nullopt);
  CHECK(arrived.body().read_for(buffer, -1h) == std::nullopt);
  CHECK(arrived.body().read_for(buffer, 2ms) == std::nullopt);
  CHECK(arrived.body().read({}) == 0);
  CHECK(arrived.body().read_for({}, 1h) == std::size_t{0});
  arrived.transfer.end();
  // The longest time-out is no overflow.
  CHECK(arrived.body().read_for(buffer, std::chrono::milliseconds::max()) == std::size_t{0});
}

TEST_CASE("The longest time-out waits", "[body_reader]") {
  Arrived arrived("");
  auto got = std::async(std::launch::async, [&] {
    std::array<char, 4> buffer{};
    return arrived.body().read_for(buffer, std::chrono::milliseconds::max());
  });
  CHECK(got.wait_for(10ms) == std::future_status::timeout);
  arrived.transfer.write("ab");
  REQUIRE(got.wait_for(patience) == std::future_status::ready);
  CHECK(got.get() == std::size_t{2});
}

TEST_CASE("A whole body is taken within its limit", "[body_reader]") {
  SECTION("that it keeps") {
    Arrived arrived("12345");
    arrived.transfer.end();
    CHECK(arrived.body().bytes(5) == "12345");
    CHECK(arrived.body().bytes(5).empty());
  }
  SECTION("that it breaks on the way") {
    Arrived arrived("12345");
    CHECK(code_of([&] { arrived.body().bytes(4); }) == ErrorCode::body_too_large);
    CHECK(arrived.transfer.is_cancelled());
  }
  SECTION("that it breaks by what is announced, before more is read") {
    Arrived arrived("12345", {}, 6);
    CHECK(code_of([&] { arrived.body().bytes(5); }) == ErrorCode::body_too_large);
    CHECK(arrived.body().position() == 0);
    CHECK(arrived.transfer.is_cancelled());
  }
  SECTION("of which only what is left counts") {
    Arrived arrived("12345", {}, 5);
    arrived.transfer.end();
    std::array<char, 2> buffer{};
    CHECK(arrived.body().read(buffer) == 2);
    CHECK(arrived.body().bytes(3) == "345");
  }
  SECTION("beyond what a server announces") {
    Arrived arrived("12345", {}, 2);
    arrived.transfer.end();
    CHECK(arrived.body().bytes(5) == "12345");
  }
  SECTION("that is none") {
    Arrived arrived("", {}, std::uint64_t{1} << 62);
    CHECK(code_of([&] { arrived.body().bytes(SIZE_MAX >> 3); }) == ErrorCode::body_too_large);
  }
}

TEST_CASE("A body that failed is never a whole body", "[body_reader]") {
  Arrived arrived("part");
  arrived.transfer.fail(ErrorCode::truncated_response);
  SECTION("bytes") {
    CHECK(code_of([&] { arrived.body().bytes(); }) == ErrorCode::truncated_response);
  }
  SECTION("text") {
    CHECK(code_of([&] { arrived.body().text(); }) == ErrorCode::truncated_response);
  }
  SECTION("discard") {
    CHECK(code_of([&] { arrived.body().discard(); }) == ErrorCode::truncated_response);
  }
  SECTION("copy_to") {
    std::ostringstream out;
    CHECK(code_of([&] { arrived.body().copy_to(out); }) == ErrorCode::truncated_response);
    CHECK(out.str() == "part");
  }
  SECTION("copy_to_file") {
    const TempDirectory directory;
    const std::string path = (directory.path() / "file").string();
    CHECK(code_of([&] { arrived.body().copy_to_file(path); }) == ErrorCode::truncated_response);
    CHECK(content_of(path) == "part");
  }
  CHECK(code_of([&] { arrived.body().bytes(); }) == ErrorCode::truncated_response);
}

TEST_CASE("Text is converted from its charset as a response's is", "[body_reader]") {
  SECTION("declared") {
    Arrived arrived("caf\xE9", {{"content-type", "text/plain; charset=latin1"}});
    arrived.transfer.end();
    CHECK(arrived.body().text() == "caf\xC3\xA9");
  }
  SECTION("a byte order mark") {
    Arrived arrived("\xEF\xBB\xBFx");
    arrived.transfer.end();
    CHECK(arrived.body().text() == "x");
  }
  SECTION("unknown") {
    Arrived arrived("x", {{"content-type", "text/plain; charset=klingon"}});
    arrived.transfer.end();
    CHECK_THROWS_AS(arrived.body().text(), std::invalid_argument);
  }
  SECTION("within its limit") {
    Arrived arrived("12345");
    CHECK(code_of([&] { arrived.body().text(4); }) == ErrorCode::body_too_large);
  }
}

TEST_CASE("JSON is read whatever the content type", "[body_reader]") {
  Arrived arrived("{\"a\":1}", {{"content-type", "text/html"}});
  arrived.transfer.end();
  SECTION("that is JSON") { CHECK(arrived.body().json().to_json() == "{\"a\":1}"); }
  SECTION("that is not") {
    arrived.body().discard();
    CHECK_THROWS_AS(arrived.body().json(), ParseError);
  }
}

TEST_CASE("A body is copied to a stream", "[body_reader]") {
  Arrived arrived("abc");
  SECTION("to its end") {
    arrived.transfer.write(std::string(40'000, 'x'));
    arrived.transfer.end();
    std::ostringstream out;
    CHECK(arrived.body().copy_to(out) == 40'003);
    CHECK(out.str() == "abc" + std::string(40'000, 'x'));
    CHECK(arrived.body().copy_to(out) == 0);
  }
  SECTION("that fails") {
    std::ofstream out("/dev/full");
    arrived.transfer.write(std::string(60'000, 'x'));
    CHECK_THROWS_AS(arrived.body().copy_to(out), std::ios_base::failure);
    CHECK(arrived.transfer.is_cancelled());
  }
  SECTION("that fails only at the end") {
    std::ofstream out("/dev/full");
    arrived.transfer.end();
    CHECK_THROWS_AS(arrived.body().copy_to(out), std::ios_base::failure);
  }
  SECTION("that throws by itself") {
    std::ofstream out("/dev/full");
    out.exceptions(std::ios::badbit | std::ios::failbit);
    arrived.transfer.write(std::string(60'000, 'x'));
    CHECK_THROWS_AS(arrived.body().copy_to(out), std::ios_base::failure);
    CHECK(arrived.transfer.is_cancelled());
  }
  SECTION("that has failed before") {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    CHECK_THROWS_AS(arrived.body().copy_to(out), std::ios_base::failure);
    CHECK(arrived.body().position() == 0);
  }
}

TEST_CASE("A body is copied to a file", "[body_reader]") {
  const TempDirectory directory;
  Arrived arrived("abc");
  SECTION("that is new") {
    arrived.transfer.end();
    CHECK(arrived.body().copy_to_file((directory.path() / "new").string()) == 3);
    CHECK(content_of((directory.path() / "new").string()) == "abc");
  }
  SECTION("that is replaced") {
    std::ofstream((directory.path() / "old").string()) << "something longer";
    arrived.transfer.end();
    CHECK(arrived.body().copy_to_file((directory.path() / "old").string()) == 3);
    CHECK(content_of((directory.path() / "old").string()) == "abc");
  }
  SECTION("that cannot be made") {
    try {
      arrived.body().copy_to_file((directory.path() / "none/file").string());
      FAIL("a file in a folder that is not there");
    } catch (const std::system_error& error) {
      CHECK(error.code() == std::errc::no_such_file_or_directory);
      CHECK(std::string_view(error.what()).find("/none/file") != std::string_view::npos);
    }
    CHECK(arrived.body().position() == 0);
  }
  SECTION("whose name is cut short by a zero byte") {
    CHECK_THROWS_AS(arrived.body().copy_to_file(std::string_view("/dev/null\0/x", 12)),
                    std::system_error);
  }
  SECTION("on a disk that is full") {
    CHECK_THROWS_AS(arrived.body().copy_to_file("/dev/full"), std::system_error);
    CHECK(arrived.transfer.is_cancelled());
  }
}

TEST_CASE("What is left is read and dropped", "[body_reader]") {
  Arrived arrived("abcdef");
  arrived.transfer.end();
  std::array<char, 2> buffer{};
  arrived.body().read(buffer);
  CHECK(arrived.body().discard() == 4);
  CHECK(arrived.body().position() == 6);
  CHECK(arrived.body().discard() == 0);
}

TEST_CASE("The size of a body is what the server said", "[body_reader]") {
  CHECK(Arrived("abc").body().size() == std::nullopt);
  CHECK(Arrived("abc", {}, 30).body().size() == std::uint64_t{30});
}

TEST_CASE("Cancelling ends a read that waits, once the transfer is over", "[body_reader]") {
  Arrived arrived("");
  auto got = std::async(std::launch::async, [&] {
    std::array<char, 4> buffer{};
    return arrived.body().read(buffer);
  });
  arrived.response.cancel();
  CHECK(arrived.transfer.is_cancelled());
  arrived.transfer.fail(ErrorCode::cancelled);
  REQUIRE(got.wait_for(patience) == std::future_status::ready);
  CHECK(code_of([&] { got.get(); }) == ErrorCode::cancelled);
}

TEST_CASE("Cancelling a transfer that is over does nothing", "[body_reader]") {
  Arrived arrived("abc");
  arrived.transfer.end();
  arrived.body().cancel();
  CHECK_FALSE(arrived.transfer.is_cancelled());
  CHECK(arrived.body().bytes() == "abc");
}

TEST_CASE("Replacing a reader gives up what it had", "[body_reader]") {
  Arrived first("a");
  Arrived second("b");
  second.transfer.end();
  first.body() = std::move(second.body());
  CHECK(first.transfer.is_cancelled());
  CHECK(first.body().bytes() == "b");
  BodyReader& same = first.body();
  first.body() = std::move(same);
  CHECK(first.body().position() == 1);
}
