#include "http/cookie_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};

constexpr bool is_delimiter(char c) noexcept {
  return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

/// How many digits a number may have.
struct Digits {
  std::size_t min;
  std::size_t max;
};

/// Takes a number from the front of `text`; none when it has too few digits or too many.
std::optional<int> take_number(std::string_view& text, Digits digits) noexcept {
  int value = 0;
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    if (count == digits.max) return std::nullopt;
    value = value * 10 + (text[count] - '0');
  }
  if (count < digits.min) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take_colon(std::string_view& text) noexcept {
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::seconds> read_time_of_day(std::string_view token) noexcept {
  constexpr Digits digits = {1, 2};
  const auto hour = take_number(token, digits);
  if (!hour || !take_colon(token)) return std::nullopt;
  const auto minute = take_number(token, digits);
  if (!minute || !take_colon(token)) return std::nullopt;
  const auto second = take_number(token, digits);
  if (!second) return std::nullopt;
  // Beyond a day, and so no time, when one of them cannot be.
  if (*hour > 23 || *minute > 59 || *second > 59) return std::chrono::hours(24);
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<unsigned> read_month(std::string_view token) noexcept {
  const auto* const found = std::ranges::find_if(month_names, [token](std::string_view name) {
    return equals_ignoring_case(token.substr(0, name.size()), name);
  });
  if (found == month_names.end()) return std::nullopt;
  return static_cast<unsigned>(found - month_names.begin()) + 1;
}

int with_century(int year) noexcept {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}

/// What of a date was found so far. A token counts as the first thing that it can be and that is
/// still missing.
class FoundDate {
 public:
  void look_at(std::string_view token) noexcept {
    if (!time_ && (time_ = read_time_of_day(token))) return;
    std::string_view rest = token;
    if (!day_ && (day_ = take_number(rest, {1, 2}))) return;
    if (!month_ && (month_ = read_month(token))) return;
    rest = token;
    if (!year_) year_ = take_number(rest, {2, 4});
  }

  [[nodiscard]] std::optional<WallTime> value() const noexcept {
    constexpr int first_year = 1601;
    if (!time_ || !day_ || !month_ || !year_) return std::nullopt;
    const int year = with_century(*year_);
    const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(*month_),
                                           std::chrono::day(static_cast<unsigned>(*day_)));
    if (year < first_year || !date.ok() || *time_ >= std::chrono::hours(24)) return std::nullopt;
    return std::chrono::sys_days(date) + *time_;
  }

 private:
  std::optional<std::chrono::seconds> time_;
  std::optional<int> day_;
  std::optional<unsigned> month_;
  std::optional<int> year_;
};

}  // namespace

std::optional<WallTime> parse_cookie_date(std::string_view text) noexcept {
  FoundDate date;
  while (!text.empty()) {
    const auto* const end = std::ranges::find_if(text, is_delimiter);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length > 0) date.look_at(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return date.value();
}

}  // namespace async_http_pool
