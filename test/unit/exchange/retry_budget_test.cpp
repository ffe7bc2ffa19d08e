// How many retries an origin gets.
#include "exchange/retry_budget.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using Reservations = std::vector<RetryBudget::Reservation>;

constexpr TimePoint start = TimePoint(1h);
const std::string origin = "http://a:80";

void note_requests(RetryBudget& budget, int count, TimePoint now) {
  for (int i = 0; i < count; ++i) budget.note_request(origin, now);
}

/// As many retries as are granted.
Reservations reserve_all(RetryBudget& budget, TimePoint now, const std::string& of = origin) {
  Reservations granted;
  while (granted.size() < 10'000) {
    RetryBudget::Reservation reservation = budget.reserve(of, now);
    if (!reservation) break;
    granted.push_back(std::move(reservation));
  }
  return granted;
}

void use_all(Reservations reservations, TimePoint now) {
  for (RetryBudget::Reservation& reservation : reservations) reservation.use(now);
}

TEST_CASE("an origin gets a share of its requests and a few retries that it always has") {
  struct Row {
    int percent;
    int floor;
    int requests;
    std::size_t granted;
  };
  for (const Row& row :
       {Row{20, 10, 0, 10}, Row{20, 10, 4, 10}, Row{20, 10, 5, 11}, Row{20, 10, 100, 30},
        Row{20, 0, 0, 0}, Row{20, 0, 4, 0}, Row{20, 0, 5, 1}, Row{0, 3, 1000, 3}, Row{0, 0, 9, 0},
        Row{100, 0, 7, 7}, Row{300, 0, 2, 6}}) {
    INFO(row.percent << "% + " << row.floor << " of " << row.requests);
    RetryBudget budget({.percent = row.percent, .floor = row.floor});
    note_requests(budget, row.requests, start);
    CHECK(reserve_all(budget, start).size() == row.granted);
  }
}

TEST_CASE("each origin has a budget of its own") {
  RetryBudget budget({.percent = 50, .floor = 1});
  note_requests(budget, 10, start);
  const Reservations some = reserve_all(budget, start);
  CHECK(some.size() == 6);
  CHECK(reserve_all(budget, start, "http://a:81").size() == 1);
  CHECK(reserve_all(budget, start, "https://a:80").size() == 1);
}

TEST_CASE("a retry counts for as long as it waits") {
  RetryBudget budget({.percent = 0, .floor = 2});
  Reservations waiting = reserve_all(budget, start);
  CHECK(waiting.size() == 2);
  for (const auto later : {5s, 15s, 25s, 3600s}) CHECK_FALSE(budget.reserve(origin, start + later));
  waiting.pop_back();  // given up
  CHECK(reserve_all(budget, start + 3600s).size() == 1);
}

TEST_CASE("a retry that went out counts for the window after it") {
  RetryBudget budget({.percent = 0, .floor = 4});
  use_all(reserve_all(budget, start), start);
  CHECK_FALSE(budget.reserve(origin, start));
  CHECK_FALSE(budget.reserve(origin, start + 9s));
  CHECK_FALSE(budget.reserve(origin, start + 12s));  // 3.2 of 4 count still
  CHECK(reserve_all(budget, start + 15s).size() == 2);
  CHECK(reserve_all(budget, start + 20s).size() == 4);
}

TEST_CASE("a retry that waited long counts from when it goes out") {
  RetryBudget budget({.percent = 0, .floor = 1});
  Reservations waiting = reserve_all(budget, start);
  use_all(std::move(waiting), start + 60s);
  CHECK_FALSE(budget.reserve(origin, start + 61s));
  CHECK(budget.reserve(origin, start + 85s));
}

TEST_CASE("requests of the past bring no retries") {
  RetryBudget budget({.percent = 10, .floor = 0});
  note_requests(budget, 100, start);
  CHECK(reserve_all(budget, start + 9s).size() == 10);
  CHECK(reserve_all(budget, start + 15s).size() == 5);
  CHECK(reserve_all(budget, start + 20s).empty());
  note_requests(budget, 100, start + 20s);
  CHECK(reserve_all(budget, start + 20s).size() == 10);
}

TEST_CASE("a reservation counts once, however it is moved and used") {
  RetryBudget budget({.percent = 0, .floor = 2});
  RetryBudget::Reservation first = budget.reserve(origin, start);
  RetryBudget::Reservation second = std::move(first);
  CHECK(second);
  first = budget.reserve(origin, start);
  CHECK_FALSE(budget.reserve(origin, start));
  first = std::move(second);  // what it held is given up
  CHECK(reserve_all(budget, start).size() == 1);
  first.use(start);
  first.use(start);
  CHECK_FALSE(first);
  CHECK(reserve_all(budget, start).size() == 1);
  RetryBudget::Reservation().use(start);
}

TEST_CASE("a clock that was read a little early does no harm") {
  RetryBudget budget({.percent = 100, .floor = 0});
  note_requests(budget, 2, start);
  CHECK(reserve_all(budget, start - 1s).size() == 2);
}

TEST_CASE("origins that take turns are not taken for each other") {
  RetryBudget budget({.percent = 100, .floor = 0});
  for (int i = 0; i < 3; ++i) {
    budget.note_request("http://a:80", start);
    budget.note_request("http://a:8080", start);
    budget.note_request("http://a:8080", start);
  }
  CHECK(reserve_all(budget, start, "http://a:80").size() == 3);
  CHECK(reserve_all(budget, start, "http://a:8080").size() == 6);
  CHECK(budget.origin_count() == 2);
}

TEST_CASE("the origin that was asked for last may be forgotten, and come back") {
  RetryBudget budget({.percent = 100, .floor = 0});
  constexpr auto much_later = start + 3 * RetryBudget::window;
  for (int i = 0; i < 64; ++i) budget.note_request("http://" + std::to_string(i) + ":80", start);
  budget.note_request("http://63:80", start);
  budget.note_request("http://new:80", much_later);
  CHECK(budget.origin_count() == 1);
  CHECK(reserve_all(budget, much_later, "http://63:80").empty());
  budget.note_request("http://63:80", much_later);
  CHECK(reserve_all(budget, much_later, "http://63:80").size() == 1);
}

TEST_CASE("origins that are long over are forgotten, those with a waiting retry are not") {
  RetryBudget budget({.percent = 20, .floor = 1});
  const RetryBudget::Reservation waiting = budget.reserve("http://waits:80", start);
  for (int i = 0; i < 10'000; ++i)
    budget.note_request("http://" + std::to_string(i) + ":80", start + i * 1s);
  CHECK(budget.origin_count() < 200);
  CHECK_FALSE(budget.reserve("http://waits:80", start + 10'000s));
}

}  // namespace
}  // namespace async_http_pool
