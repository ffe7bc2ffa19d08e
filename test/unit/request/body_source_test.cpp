#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <async_http_pool/body_source.hpp>

#include "request/body_source_use.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

class PlainSource : public BodySource {
 public:
  std::optional<std::size_t> read(std::span<char> /*buffer*/) override { return 0; }
};

class RewindableSource final : public PlainSource {
 public:
  bool rewind() override {
    if (throws) throw std::runtime_error("cannot");
    ++rewinds;
    return allows;
  }
  bool allows = true;
  bool throws = false;
  int rewinds = 0;
};

TEST_CASE("a body source has no size, begins once and needs no notice unless it says otherwise") {
  PlainSource source;
  CHECK_FALSE(source.size().has_value());
  CHECK_FALSE(source.rewind());
  CHECK_NOTHROW(source.set_notify([] {}));
  source.close();
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<PlainSource>);
}

TEST_CASE("functions make a body source") {
  std::string text = "hello";
  bool is_rewound = false;
  const auto read = [&](std::span<char> buffer) {
    const std::size_t count = text.copy(buffer.data(), buffer.size());
    text.erase(0, count);
    return count;
  };
  const auto source = make_body_source(read, {.size = 5, .rewind = [&] { return is_rewound; }});
  CHECK(source->size() == 5);
  std::array<char, 3> buffer{};
  REQUIRE(source->read(buffer) == 3);
  CHECK(std::string(buffer.data(), 3) == "hel");
  REQUIRE(source->read(buffer) == 2);
  CHECK(source->read(buffer) == 0);
  CHECK_FALSE(source->rewind());
  is_rewound = true;
  CHECK(source->rewind());

  const auto plain = make_body_source(read);
  CHECK_FALSE(plain->size().has_value());
  CHECK_FALSE(plain->rewind());
  CHECK_THROWS_WITH(make_body_source(nullptr), "function that reads a body is null");
}

TEST_CASE("what a function of a body source throws is not touched") {
  const auto source =
      make_body_source([](std::span<char>) -> std::size_t { throw std::out_of_range("mine"); });
  std::array<char, 3> buffer{};
  CHECK_THROWS_AS(source->read(buffer), std::out_of_range);
}

TEST_CASE("one request at a time has a body source, in all its attempts") {
  PlainSource source;
  const int first = 1;
  const int second = 2;
  CHECK(BodySourceUse::claim(source, nullptr));  // nobody has it
  CHECK(BodySourceUse::claim(source, &first));
  CHECK(BodySourceUse::claim(source, &first));
  CHECK_FALSE(BodySourceUse::claim(source, &second));
  CHECK_FALSE(BodySourceUse::claim(source, nullptr));
  BodySourceUse::release(source, &second);  // which is not its
  BodySourceUse::release(source, nullptr);
  CHECK_FALSE(BodySourceUse::claim(source, &second));
  BodySourceUse::release(source, &first);
  CHECK(BodySourceUse::claim(source, &second));
  CHECK_FALSE(BodySourceUse::claim(source, &first));
}

TEST_CASE("a body source is rewound only after it was read, and once for each time") {
  RewindableSource source;
  CHECK(BodySourceUse::start_over(source));
  CHECK(source.rewinds == 0);
  BodySourceUse::note_read(source);
  CHECK(BodySourceUse::start_over(source));
  CHECK(source.rewinds == 1);
  CHECK(BodySourceUse::start_over(source));  // a second time before it was read again
  CHECK(source.rewinds == 1);

  BodySourceUse::note_read(source);
  source.allows = false;
  CHECK_FALSE(BodySourceUse::start_over(source));
  source.throws = true;
  CHECK_THROWS_AS(BodySourceUse::start_over(source), std::runtime_error);
  // It counts as read still.
  source.throws = false;
  CHECK_FALSE(BodySourceUse::start_over(source));
}

}  // namespace
}  // namespace async_http_pool
