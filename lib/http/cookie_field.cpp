#include "http/cookie_field.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

std::vector<std::string_view> split_pairs(std::string_view text) {
  std::vector<std::string_view> pairs;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    pairs.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pairs;
}

std::string_view name_of(std::string_view pair) noexcept {
  return trim(pair.substr(0, pair.find('=')));
}

/// What remains is as the application wrote it: nobody knows what a semicolon in quotes means.
std::string without_names(std::string_view field, const std::vector<std::string_view>& names) {
  std::string kept;
  for (const std::string_view pair : split_pairs(field)) {
    if (pair.find('=') != std::string_view::npos &&
        std::ranges::find(names, name_of(pair)) != names.end())
      continue;
    if (!kept.empty()) kept += ';';
    kept.append(pair);
  }
  return std::string(trim(kept));
}

void append(std::string& cookies, std::string_view more) {
  if (!cookies.empty() && !more.empty()) cookies.append("; ");
  cookies.append(more);
}

}  // namespace

std::string cookie_field(const Headers& headers, std::string_view of_jar) {
  const std::vector<std::string_view> jar_pairs = split_pairs(of_jar);
  std::vector<std::string_view> jar_names;
  jar_names.reserve(jar_pairs.size());
  std::ranges::transform(jar_pairs, std::back_inserter(jar_names), name_of);
  std::string cookies;
  for (const std::string_view own : headers.get_all("cookie"))
    append(cookies, without_names(own, jar_names));
  for (const std::string_view pair : jar_pairs) {
    const std::string_view cookie = trim(pair);
    const std::size_t separator_bytes = cookies.empty() ? 0 : std::string_view("; ").size();
    if (cookies.size() + separator_bytes + cookie.size() <= cookie_field_bytes_max)
      append(cookies, cookie);
  }
  return cookies;
}

}  // namespace async_http_pool
