#include "curl/source_buffer.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "request/body_source_use.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// Gives pieces one after the other; when they are used up it says later, until it is to end.
class PiecewiseSource final : public BodySource {
 public:
  std::optional<std::size_t> read(std::span<char> buffer) override {
    ++reads;
    if (thrower) thrower();
    if (pieces.empty()) return ends ? std::optional<std::size_t>(0) : std::nullopt;
    std::string& piece = pieces.front();
    const std::size_t count = piece.copy(buffer.data(), buffer.size());
    piece.erase(0, count);
    if (piece.empty()) pieces.pop_front();
    return claimed_count.value_or(count);
  }
  std::optional<std::uint64_t> size() const override { return announced; }
  bool rewind() override {
    ++rewinds;
    if (rewind_thrower) rewind_thrower();
    pieces = again;
    return !again.empty();
  }
  void set_notify(std::function<void()> value) override { notify = std::move(value); }

  std::deque<std::string> pieces;
  std::deque<std::string> again;
  bool ends = true;
  std::optional<std::uint64_t> announced;
  std::optional<std::size_t> claimed_count;
  std::function<void()> thrower;
  std::function<void()> rewind_thrower;
  std::function<void()> notify;
  int reads = 0;
  int rewinds = 0;
};

const std::function<void()> no_notice;
/// Whom the source is claimed for.
const void* const owner = &no_notice;

std::string text_of(SourceBuffer& buffer, std::size_t size) {
  std::string bytes(size, '\0');
  const std::size_t count = buffer.take(bytes.data(), size);
  if (count == CURL_READFUNC_PAUSE) return "pause";
  if (count == CURL_READFUNC_ABORT) return "abort";
  bytes.resize(count);
  return bytes;
}

std::string message_of(const SourceBuffer& buffer) {
  return buffer.failure() ? buffer.failure()->message : "none";
}

/// What all of it comes to, by a libcurl that asks for `size` bytes at a time.
std::string all_of(SourceBuffer& buffer, std::size_t size) {
  std::string all;
  for (;;) {
    std::string bytes = text_of(buffer, size);
    if (bytes.empty()) return all;
    if (bytes == "abort") return all + " abort";
    if (bytes != "pause") all += bytes;
    if (buffer.needs_fill()) static_cast<void>(buffer.fill());
    if (buffer.is_paused()) return all + " stuck";
  }
}

std::string numbered(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ' ';
  bytes.resize(size);
  return bytes;
}

TEST_CASE("a source is left alone until libcurl asks for bytes, and never read while it does") {
  PiecewiseSource source;
  source.pieces = {"ab", "cd"};
  SourceBuffer buffer(source, owner);
  CHECK_FALSE(buffer.open(no_notice).has_value());
  CHECK_FALSE(buffer.needs_fill());
  CHECK_FALSE(buffer.fill());  // a notice of an early writer
  CHECK(source.reads == 0);
  CHECK_FALSE(buffer.is_paused());
  CHECK(text_of(buffer, 3) == "pause");
  CHECK(source.reads == 0);
  CHECK(buffer.is_paused());
  CHECK(buffer.needs_fill());
  CHECK(buffer.fill());
  CHECK_FALSE(buffer.is_paused());
  CHECK_FALSE(buffer.needs_fill());
  CHECK(source.reads == 3);
  CHECK_FALSE(buffer.fill());
  CHECK(text_of(buffer, 3) == "abc");
  CHECK(text_of(buffer, 3) == "d");
  CHECK(text_of(buffer, 3).empty());
  CHECK(text_of(buffer, 3).empty());
  CHECK(source.reads == 3);
  CHECK(buffer.taken() == 4);
  CHECK_FALSE(buffer.failure().has_value());
}

TEST_CASE("a source that has none yet is asked again when it says so") {
  PiecewiseSource source;
  source.ends = false;
  SourceBuffer buffer(source, owner);
  int notices = 0;
  CHECK_FALSE(buffer.open([&] { ++notices; }).has_value());
  source.notify();
  CHECK(notices == 1);
  CHECK(text_of(buffer, 9) == "pause");
  CHECK_FALSE(buffer.fill());
  CHECK(buffer.is_paused());
  CHECK_FALSE(buffer.needs_fill());  // before its notice
  source.pieces = {"one"};
  CHECK(buffer.fill());
  CHECK(text_of(buffer, 9) == "one");
  CHECK(text_of(buffer, 9) == "pause");
  source.ends = true;
  CHECK(buffer.fill());
  CHECK(text_of(buffer, 9).empty());
  CHECK_FALSE(buffer.is_paused());
}

TEST_CASE("bytes come as they are, whatever the sizes of pieces and requests") {
  const std::string body = numbered(300'000);
  const auto size = GENERATE(std::size_t{1}, std::size_t{1000}, SourceBuffer::bytes_max - 12,
                             SourceBuffer::bytes_max, std::size_t{100'000});
  const auto piece = GENERATE(std::size_t{7}, std::size_t{65'535}, std::size_t{300'000});
  const bool is_announced = GENERATE(false, true);
  CAPTURE(size, piece, is_announced);
  PiecewiseSource source;
  if (is_announced) source.announced = body.size();
  for (std::size_t i = 0; i < body.size(); i += piece)
    source.pieces.push_back(body.substr(i, piece));
  SourceBuffer buffer(source, owner);
  REQUIRE_FALSE(buffer.open(no_notice).has_value());
  CHECK((all_of(buffer, size) == body));
  CHECK(message_of(buffer) == "none");
}

TEST_CASE("a source that gives other than it announced fails the request") {
  PiecewiseSource source;
  source.announced = 5;
  SECTION("too few") {
    source.pieces = {"abc"};
    SourceBuffer buffer(source, owner);
    CHECK_FALSE(buffer.open(no_notice).has_value());
    CHECK(buffer.size() == 5);
    CHECK(all_of(buffer, 10) == " abort");
    CHECK(message_of(buffer) == "request body: it ended after 3 of 5 bytes");
    CHECK(buffer.failure()->code == ErrorCode::request_body);
    CHECK(buffer.failure()->type == ErrorType::unknown);
    CHECK_FALSE(buffer.failure()->never_sent);
    CHECK_FALSE(buffer.needs_fill());
  }
  SECTION("too many") {
    source.pieces = {"abc", "def", "ghi"};
    SourceBuffer buffer(source, owner);
    CHECK_FALSE(buffer.open(no_notice).has_value());
    CHECK(all_of(buffer, 10) == " abort");  // not even the first five
    CHECK(message_of(buffer) == "request body: it has more than the 5 bytes that were announced");
  }
  SECTION("too many, which is seen when libcurl has asked for the last time") {
    source.pieces = {"abcde"};
    source.ends = false;
    SourceBuffer buffer(source, owner);
    CHECK_FALSE(buffer.open(no_notice).has_value());
    CHECK(text_of(buffer, 5) == "pause");
    CHECK(buffer.fill());
    CHECK(text_of(buffer, 5) == "abcde");
    source.pieces = {"f"};
    CHECK_FALSE(buffer.fill());  // nobody to be told, but to be looked at
    CHECK(message_of(buffer) == "request body: it has more than the 5 bytes that were announced");
  }
  SECTION("as many") {
    source.pieces = {"abc", "de"};
    SourceBuffer buffer(source, owner);
    CHECK_FALSE(buffer.open(no_notice).has_value());
    CHECK(all_of(buffer, 10) == "abcde");
    CHECK(message_of(buffer) == "none");
  }
}

TEST_CASE("what a source throws fails the request, and is its cause") {
  PiecewiseSource source;
  source.pieces = {"abc"};
  source.ends = false;
  SourceBuffer buffer(source, owner);
  CHECK_FALSE(buffer.open(no_notice).has_value());
  CHECK(text_of(buffer, 9) == "pause");
  SECTION("after bytes that libcurl did not get yet") {
    CHECK(buffer.fill());
    source.thrower = [] { throw std::out_of_range("disk is gone"); };
    CHECK_FALSE(buffer.fill());
    CHECK(text_of(buffer, 9) == "abort");
    CHECK(message_of(buffer) == "request body: disk is gone");
    CHECK_THROWS_AS(std::rethrow_exception(buffer.failure()->cause), std::out_of_range);
  }
  SECTION("while libcurl waits") {
    source.thrower = [] { throw std::out_of_range("disk is gone"); };
    CHECK(buffer.fill());
    CHECK(text_of(buffer, 9) == "abort");
  }
  SECTION("whatever it is") {
    source.thrower = [] { throw 7; };
    CHECK(buffer.fill());
    CHECK(message_of(buffer) ==
          "request body: its source threw an object that is no std::exception");
    CHECK_THROWS_AS(std::rethrow_exception(buffer.failure()->cause), int);
  }
  const int reads = source.reads;
  CHECK_FALSE(buffer.fill());
  CHECK(source.reads == reads);  // not asked again
}

TEST_CASE("a source that says it wrote more than there was room for is not believed") {
  PiecewiseSource source;
  source.pieces = {"abc"};
  source.claimed_count = SourceBuffer::bytes_max + 1;
  SourceBuffer buffer(source, owner);
  CHECK_FALSE(buffer.open(no_notice).has_value());
  CHECK(text_of(buffer, 9) == "pause");
  CHECK(buffer.fill());
  CHECK(message_of(buffer) == "request body: read returned 65537 bytes for a buffer of 65536");
}

TEST_CASE("what a source throws before it is read fails the request before it is sent") {
  class Thrower final : public BodySource {
   public:
    std::optional<std::size_t> read(std::span<char> /*buffer*/) override { return 0; }
    std::optional<std::uint64_t> size() const override { throw std::length_error("no size"); }
  } source;
  {
    SourceBuffer buffer(source, owner);
    const auto failure = buffer.open(no_notice);
    REQUIRE(failure.has_value());
    CHECK(failure->message == "request body: no size");
    CHECK(failure->never_sent);
    CHECK_THROWS_AS(std::rethrow_exception(failure->cause), std::length_error);
  }
  BodySourceUse::release(source, owner);
  CHECK(BodySourceUse::claim(source, nullptr));  // and leaves no trace

  PiecewiseSource huge;
  huge.announced = std::numeric_limits<std::uint64_t>::max();
  SourceBuffer buffer(huge, owner);
  CHECK(buffer.open(no_notice)->message ==
        "request body: a size of 18446744073709551615 bytes is too large");
}

TEST_CASE("one source is for one request at a time, and goes out once unless it is rewound") {
  PiecewiseSource source;
  source.pieces = {"abc"};
  {
    SourceBuffer first(source, owner);
    CHECK_FALSE(first.open(no_notice).has_value());
  }
  {
    // Also between two attempts of its request.
    SourceBuffer other(source, &source);
    const auto failure = other.open(no_notice);
    REQUIRE(failure.has_value());
    CHECK(failure->message == "request body: its source is in use by another request");
    CHECK(failure->code == ErrorCode::request_body);
    CHECK(failure->never_sent);
  }
  {
    SourceBuffer next(source, owner);  // nothing was read: it may go
    CHECK_FALSE(next.open(no_notice).has_value());
    CHECK(all_of(next, 10) == "abc");
  }
  {
    SourceBuffer next(source, owner);
    CHECK(next.open(no_notice)->message == "request body: it cannot be sent again");
  }
  source.again = {"abc"};
  SourceBuffer last(source, owner);
  CHECK_FALSE(last.open(no_notice).has_value());
  CHECK(all_of(last, 10) == "abc");
}

TEST_CASE("libcurl may begin again, by what is in the buffer or by the source") {
  PiecewiseSource source;
  const std::string body = numbered(2 * SourceBuffer::bytes_max);
  source.pieces = {body};
  source.again = {body};
  SourceBuffer buffer(source, owner);
  CHECK_FALSE(buffer.open(no_notice).has_value());
  const auto seek = [&](curl_off_t offset, int origin) {
    return SourceBuffer::on_seek(&buffer, offset, origin);
  };
  CHECK(seek(0, SEEK_SET) == CURL_SEEKFUNC_OK);
  CHECK(text_of(buffer, 10) == "pause");
  CHECK(buffer.fill());
  CHECK((text_of(buffer, 60'000) == body.substr(0, 60'000)));
  CHECK(buffer.needs_fill());
  CHECK(seek(0, SEEK_SET) == CURL_SEEKFUNC_OK);
  CHECK(buffer.taken() == 0);
  CHECK(seek(1, SEEK_SET) == CURL_SEEKFUNC_FAIL);
  CHECK(seek(0, SEEK_END) == CURL_SEEKFUNC_FAIL);
  CHECK((text_of(buffer, 60'000) == body.substr(0, 60'000)));
  CHECK_FALSE(buffer.fill());  // libcurl has not run out
  CHECK(source.rewinds == 0);
  SECTION("in the middle") { CHECK((text_of(buffer, 1'000) == body.substr(60'000, 1'000))); }
  SECTION("at the end") {
    CHECK((all_of(buffer, 10'000) == body.substr(60'000)));
    CHECK(buffer.taken() == body.size());
  }
  SECTION("while it waits for more") {
    source.ends = false;
    CHECK((all_of(buffer, 10'000) == body.substr(60'000) + " stuck"));
  }
  CHECK(seek(0, SEEK_SET) == CURL_SEEKFUNC_OK);
  CHECK(seek(0, SEEK_SET) == CURL_SEEKFUNC_OK);
  CHECK(source.rewinds == 0);  // not inside of libcurl
  CHECK(buffer.taken() == 0);
  CHECK_FALSE(buffer.is_paused());
  CHECK(buffer.needs_fill());
  CHECK(text_of(buffer, 10) == "pause");
  source.ends = true;
  CHECK((all_of(buffer, 10'000) == body));
  CHECK(source.rewinds == 1);
  CHECK(message_of(buffer) == "none");
}

TEST_CASE("libcurl wants to begin again, and the source cannot: that is said by the next read") {
  PiecewiseSource source;
  source.pieces = {numbered(2 * SourceBuffer::bytes_max)};
  source.ends = false;
  SourceBuffer buffer(source, owner);
  CHECK_FALSE(buffer.open(no_notice).has_value());
  static_cast<void>(all_of(buffer, 10'000));
  REQUIRE(buffer.rewind());
  CHECK(source.rewinds == 0);
  CHECK(text_of(buffer, 10) == "pause");
  const int reads = source.reads;
  std::string message = "request body: it cannot be sent again";
  SECTION("it says so") {}
  SECTION("it throws") {
    source.rewind_thrower = [] { throw std::out_of_range("disk is gone"); };
    message = "request body: disk is gone";
  }
  CHECK(buffer.fill());  // libcurl waits for it
  CHECK(text_of(buffer, 10) == "abort");
  CHECK(message_of(buffer) == message);
  CHECK(buffer.failure()->code == ErrorCode::request_body);
  CHECK_FALSE(buffer.failure()->never_sent);
  CHECK(source.reads == reads);
  CHECK_FALSE(buffer.rewind());
}

}  // namespace
}  // namespace async_http_pool
