#include "http/http_date.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace async_http_pool {

namespace {

constexpr std::array<std::string_view, 7> day_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads the fields of a date one after the other; once something is missing nothing counts.
class DateReader {
 public:
  explicit DateReader(std::string_view text) noexcept : rest_(text) {}

  void expect(std::string_view expected) noexcept {
    if (rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      is_good_ = false;
    }
  }
  /// Exactly `digits` digits; `pad` may stand for the first.
  [[nodiscard]] int number(std::size_t digits, char pad = '0') noexcept {
    int value = 0;
    if (rest_.size() < digits) return fail();
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = i == 0 && rest_[i] == pad ? '0' : rest_[i];
      if (!is_digit(c)) return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  [[nodiscard]] int month() noexcept {
    const auto* const found = std::ranges::find(month_names, rest_.substr(0, 3));
    if (found == month_names.end()) return fail();
    rest_.remove_prefix(3);
    return static_cast<int>(found - month_names.begin()) + 1;
  }
  [[nodiscard]] bool is_at_end() const noexcept { return is_good_ && rest_.empty(); }

 private:
  int fail() noexcept {
    is_good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

struct Date {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void read_time(DateReader& reader, Date& date) noexcept {
  date.hour = reader.number(2);
  reader.expect(":");
  date.minute = reader.number(2);
  reader.expect(":");
  date.second = reader.number(2);
}

std::optional<WallTime> time_of(const Date& date) noexcept {
  const std::chrono::year_month_day day(std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day)));
  constexpr int leap_second = 60;
  if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > leap_second)
    return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(date.hour) +
         std::chrono::minutes(date.minute) + std::chrono::seconds(date.second);
}

int year_of(WallTime time) noexcept {
  return static_cast<int>(
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year());
}

/// How day, month and year are written.
struct DateForm {
  std::string_view separator;
  std::size_t year_digits;
};

/// " 06 Nov 1994 08:49:37 GMT" and the like; none when it is something else.
std::optional<Date> read_date(std::string_view text, const DateForm& form) noexcept {
  DateReader reader(text);
  Date date;
  reader.expect(" ");
  date.day = reader.number(2);
  reader.expect(form.separator);
  date.month = reader.month();
  reader.expect(form.separator);
  date.year = reader.number(form.year_digits);
  reader.expect(" ");
  read_time(reader, date);
  reader.expect(" GMT");
  return reader.is_at_end() ? std::optional(date) : std::nullopt;
}

/// Behind "Sun,".
std::optional<WallTime> read_fixed_date(std::string_view text) noexcept {
  const std::optional<Date> date = read_date(text, {" ", 4});
  return date ? time_of(*date) : std::nullopt;
}

/// " 06-Nov-94 08:49:37 GMT", behind "Sunday,"
std::optional<WallTime> read_rfc850_date(std::string_view text, WallTime now) noexcept {
  std::optional<Date> read = read_date(text, {"-", 2});
  if (!read) return std::nullopt;
  Date& date = *read;
  // More than 50 years ahead means the last year in the past with these digits (RFC 9110).
  const int this_year = year_of(now);
  date.year += this_year - this_year % 100;
  if (date.year > this_year + 50) date.year -= 100;
  return time_of(date);
}

/// " Nov  6 08:49:37 1994", behind "Sun"
std::optional<WallTime> read_asctime_date(std::string_view text) noexcept {
  DateReader reader(text);
  Date date;
  reader.expect(" ");
  date.month = reader.month();
  reader.expect(" ");
  date.day = reader.number(2, ' ');
  reader.expect(" ");
  read_time(reader, date);
  reader.expect(" ");
  date.year = reader.number(4);
  return reader.is_at_end() ? time_of(date) : std::nullopt;
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) noexcept {
  // Which day of the week it is said to be does not matter, only that it is one.
  for (const std::string_view name : day_names) {
    const std::string_view abbreviation = name.substr(0, 3);
    if (!text.starts_with(abbreviation)) continue;
    const std::string_view behind = text.substr(abbreviation.size());
    if (behind.starts_with(',')) return read_fixed_date(behind.substr(1));
    if (behind.starts_with(' ')) return read_asctime_date(behind);
    if (text.starts_with(name) && text.substr(name.size()).starts_with(','))
      return read_rfc850_date(text.substr(name.size() + 1), now);
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      WallTime now) noexcept {
  constexpr std::chrono::seconds longest = std::chrono::hours(24 * 3650);
  if (const std::optional<WallTime> date = parse_http_date(text, now))
    return std::clamp<std::chrono::seconds>(*date - now, std::chrono::seconds(0), longest);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::chrono::seconds::rep seconds = 0;
  for (const char c : text) seconds = std::min(seconds * 10 + (c - '0'), longest.count());
  return std::chrono::seconds(seconds);
}

}  // namespace async_http_pool
