#include "client/progress_teller.hpp"

#include "support/catch.hpp"
#include "support/recording_logger.hpp"

#include <stdexcept>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr TimePoint start = TimePoint(std::chrono::hours(1));

}  // namespace

TEST_CASE("Progress is told at most once an interval, and always at the end") {
  std::vector<Progress> told;
  ProgressTeller teller([&told](const Progress& progress) { told.push_back(progress); });
  REQUIRE(teller.is_wanted());
  teller.expect_sent(10);
  teller.note(1, 0, start, nullptr);
  teller.note(2, 0, start + ProgressTeller::interval / 2, nullptr);
  CHECK(told.size() == 1);
  teller.expect_received(20);
  teller.note(3, 4, start + ProgressTeller::interval, nullptr);
  CHECK(told.size() == 2);
  teller.note(10, 20, start + ProgressTeller::interval, nullptr);
  CHECK(told.size() == 2);
  teller.end(nullptr);
  REQUIRE(told.size() == 3);
  CHECK(told[0].bytes_sent == 1);
  CHECK(told[0].bytes_to_send == 10U);
  CHECK_FALSE(told[0].bytes_to_receive);
  CHECK(told[1].bytes_received == 4);
  CHECK(told[2].bytes_sent == 10);
  CHECK(told[2].bytes_received == 20);
  CHECK(told[2].bytes_to_receive == 20U);
}

TEST_CASE("What a progress callback throws is logged") {
  RecordingLogger logger;
  ProgressTeller teller([](const Progress&) { throw std::runtime_error("no display"); });
  teller.note(1, 1, start, &logger);
  CHECK(logger.text() == "error a progress callback threw: no display\n");
  teller.end(&logger);
  CHECK(logger.text().size() ==
        2 * std::string("error a progress callback threw: no display\n").size());
}

TEST_CASE("Without a callback progress is told to nobody") {
  ProgressTeller teller(nullptr);
  CHECK_FALSE(teller.is_wanted());
  teller.note(1, 1, start, nullptr);
  teller.end(nullptr);
}
