#include "mock/url_pattern.hpp"

#include "base/printable.hpp"
#include "http/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace async_http_pool {

namespace {

std::string_view without_fragment(std::string_view url) noexcept {
  return url.substr(0, url.find('#'));
}

/// Two ways to write one URL become one: scheme and host in lower case, no port that goes without
/// saying, and a path.
std::string normalized(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  const std::size_t begin = scheme_end + 3;
  const std::size_t end = std::min(url.find_first_of("/?", begin), url.size());
  std::string out = to_lower(url.substr(0, end));
  if (out.starts_with("http://") && out.ends_with(":80")) out.resize(out.size() - 3);
  if (out.starts_with("https://") && out.ends_with(":443")) out.resize(out.size() - 4);
  // A host that ends in two stars says whatever comes, the path too.
  const bool has_path = (end < url.size() && url[end] == '/') || out.ends_with("**");
  if (!has_path) out += '/';
  return out.append(url.substr(end));
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  // Row by row, rather than by trying: no pattern takes longer than its length times the text's.
  std::vector<char> reached(text.size() + 1, 0);  // whether the pattern so far fits so many bytes
  reached[0] = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '*') {
      for (std::size_t at = text.size(); at > 0; --at)
        reached[at] = static_cast<char>(reached[at - 1] != 0 && text[at - 1] == pattern[i]);
      reached[0] = 0;
      continue;
    }
    const bool takes_slashes = i + 1 < pattern.size() && pattern[i + 1] == '*';
    if (takes_slashes) ++i;
    for (std::size_t at = 1; at <= text.size(); ++at) {
      if (reached[at - 1] != 0 && (takes_slashes || text[at - 1] != '/')) reached[at] = 1;
    }
  }
  return reached.back() != 0;
}

UrlPattern::UrlPattern(std::string_view text)
    : text_(text),
      glob_(text == "*" ? "**" : normalized(without_fragment(text))),
      has_query_(glob_.find('?') != std::string::npos) {
  const bool can_match =
      glob_.starts_with("http://") || glob_.starts_with("https://") || glob_.starts_with('*');
  if (!can_match) {
    throw std::invalid_argument(
        "url of a mock must be absolute, http or https, or begin with *, "
        "got: " +
        quoted(text));
  }
}

bool UrlPattern::matches(std::string_view url) const {
  const std::string wanted = normalized(without_fragment(url));
  return matches_glob(glob_, has_query_ ? wanted : wanted.substr(0, wanted.find('?')));
}

}  // namespace async_http_pool
