#include "url_range.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace ahp_tool {
namespace {

constexpr std::size_t urls_max = 1'000'000;

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Reads "[FIRST-LAST]" at the start of `text` and cuts it off; nothing when it is something else.
std::optional<Range> read_range(std::string_view& text) {
  Range range;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + 1, end, range.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, range.last);
  if (last.ec != std::errc() || last.ptr == end || *last.ptr != ']') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(last.ptr + 1 - text.data()));
  return range;
}

}  // namespace

std::vector<std::string> expand_url_ranges(const std::string& url) {
  std::vector<std::string> urls = {""};
  std::string_view rest = url;
  std::size_t literal_size = 0;  // what `rest` begins with that is no range
  for (std::size_t at = 0; (at = rest.find('[', literal_size)) != rest.npos;) {
    std::string_view tail = rest.substr(at);
    const std::optional<Range> range = read_range(tail);
    if (!range) {
      literal_size = at + 1;
      continue;
    }
    if (range->first > range->last)
      throw UsageError(fmt::format("[{}-{}] runs backwards", range->first, range->last));
    if (range->last - range->first >= urls_max / urls.size())
      throw UsageError(fmt::format("{} stands for more than {} URLs", url, urls_max));
    std::vector<std::string> longer;
    for (const std::string& start : urls) {
      for (std::size_t number = range->first; number <= range->last; ++number)
        longer.push_back(fmt::format("{}{}{}", start, rest.substr(0, at), number));
    }
    urls = std::move(longer);
    rest = tail;
    literal_size = 0;
  }
  for (std::string& each : urls) each += rest;
  return urls;
}

}  // namespace ahp_tool
