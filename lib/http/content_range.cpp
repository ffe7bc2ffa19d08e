#include "http/content_range.hpp"

#include <charconv>
#include <cstddef>

#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

/// Takes `end` and what is before it off `rest`; returns the latter, none when there is no `end`.
std::optional<std::string_view> take_until(std::string_view& rest, char end) noexcept {
  const std::size_t position = rest.find(end);
  if (position == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, position);
  rest.remove_prefix(position + 1);
  return taken;
}

/// Digits and nothing else; none also for more than 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<ContentRange::Span> parse_span(std::string_view text) noexcept {
  const std::optional<std::string_view> before = take_until(text, '-');
  if (!before) return std::nullopt;
  const std::optional<std::uint64_t> first = parse_number(*before);
  const std::optional<std::uint64_t> last = parse_number(text);
  if (!first || !last || *first > *last) return std::nullopt;
  return ContentRange::Span{*first, *last};
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) noexcept {
  text = trim(text);
  const std::optional<std::string_view> unit = take_until(text, ' ');
  if (!unit || !equals_ignoring_case(*unit, "bytes")) return std::nullopt;
  const std::optional<std::string_view> span = take_until(text, '/');
  if (!span) return std::nullopt;
  ContentRange range;
  if (text != "*") {
    range.length = parse_number(text);
    if (!range.length) return std::nullopt;
  }
  if (*span == "*") {
    // "*/*" says nothing, and the grammar has no such thing.
    return range.length ? std::optional(range) : std::nullopt;
  }
  range.span = parse_span(*span);
  if (!range.span || (range.length && range.span->last >= *range.length)) return std::nullopt;
  return range;
}

}  // namespace async_http_pool
