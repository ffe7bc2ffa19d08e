#include "config/option_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

template <typename Integer>
Integer checked_integer(const Value& value) {
  const std::int64_t integer = value.as_integer();
  if (!std::in_range<Integer>(integer))
    throw std::invalid_argument(fmt::format("{} is out of range", integer));
  return static_cast<Integer>(integer);
}

// By the number of the value.
constexpr std::array<std::string_view, 4> tls_version_names = {"1.0", "1.1", "1.2", "1.3"};
constexpr std::array<std::string_view, 5> http_version_names = {"automatic", "http1_0", "http1_1",
                                                                "http2_prior_knowledge", "http3"};
constexpr std::array<std::string_view, 3> ip_family_names = {"automatic", "ipv4", "ipv6"};
constexpr std::array<std::string_view, 3> selector_names = {"automatic", "epoll", "poll"};
constexpr std::array<std::string_view, 2> certificate_format_names = {"pem", "p12"};

/// Where `name` stands in `names`. Throws `std::invalid_argument` when it does not.
std::size_t index_of(std::string_view name, std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw std::invalid_argument(
        fmt::format("must be one of {}, got: {}", fmt::join(names, ", "), quoted(name)));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

Value value_of_option(Milliseconds value) { return std::chrono::duration<double>(value).count(); }

Value value_of_option(std::size_t value) {
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(value, std::numeric_limits<std::int64_t>::max()));
}

Value value_of_option(const TextList& value) { return Value::Array(value.begin(), value.end()); }

Value value_of_option(const IntegerList& value) { return Value::Array(value.begin(), value.end()); }

void read_option(const Value& value, bool& option) { option = value.as_bool(); }
void read_option(const Value& value, int& option) { option = checked_integer<int>(value); }
void read_option(const Value& value, std::size_t& option) {
  option = checked_integer<std::size_t>(value);
}
void read_option(const Value& value, std::string& option) { option = value.as_string(); }

void read_option(const Value& value, Milliseconds& option) {
  constexpr double seconds_max = 1e9;  // what rules allow is far below, what an integer holds above
  const double seconds = value.as_double();
  // Written so that NaN is refused, too.
  if (!(std::abs(seconds) <= seconds_max))
    throw std::invalid_argument(fmt::format("{} s is out of range", seconds));
  option = Milliseconds(std::llround(seconds * 1000));
  // Zero often means off, which a short time must not turn into.
  if (option == Milliseconds::zero() && seconds != 0)
    throw std::invalid_argument(fmt::format("{} s is less than a millisecond", seconds));
}

void read_option(const Value& value, TextList& option) {
  TextList texts;
  for (const Value& text : value.as_array()) texts.push_back(text.as_string());
  option = std::move(texts);
}

void read_option(const Value& value, IntegerList& option) {
  IntegerList integers;
  for (const Value& integer : value.as_array()) integers.push_back(checked_integer<int>(integer));
  option = std::move(integers);
}

Value value_of_option(TlsVersion value) {
  return std::string(tls_version_names[static_cast<std::size_t>(value)]);
}

void read_option(const Value& value, TlsVersion& option) {
  option = static_cast<TlsVersion>(index_of(value.as_string(), tls_version_names));
}

Value value_of_option(CertificateFormat value) {
  return std::string(certificate_format_names[static_cast<std::size_t>(value)]);
}

void read_option(const Value& value, CertificateFormat& option) {
  option = static_cast<CertificateFormat>(index_of(value.as_string(), certificate_format_names));
}

Value value_of_option(HttpVersion value) {
  return std::string(http_version_names[static_cast<std::size_t>(value)]);
}

void read_option(const Value& value, HttpVersion& option) {
  option = static_cast<HttpVersion>(index_of(value.as_string(), http_version_names));
}

void read_option(const Value& value, SelectorKind& option) {
  option = static_cast<SelectorKind>(index_of(value.as_string(), selector_names));
}

Value value_of_option(IpFamily value) {
  return std::string(ip_family_names[static_cast<std::size_t>(value)]);
}

void read_option(const Value& value, IpFamily& option) {
  option = static_cast<IpFamily>(index_of(value.as_string(), ip_family_names));
}

}  // namespace async_http_pool
