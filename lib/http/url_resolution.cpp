#include "http/url.hpp"

#include <algorithm>
#include <cstddef>

#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

/// A location as servers write it: what may not stand in a URL becomes a percent escape. A stray
/// percent sign stays, for nobody knows what was meant.
std::string escape_disallowed(std::string_view reference) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(reference.size());
  for (const char c : reference) {
    if (is_url_character(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0x0FU];
    }
  }
  return out;
}

/// RFC 3986, section 5.2.3
std::string merge(std::string_view base_path, std::string_view path) {
  const std::size_t last_slash = base_path.rfind('/');
  if (last_slash == std::string_view::npos) {  // the base is "http://host"
    return std::string("/").append(path);
  }
  return std::string(base_path.substr(0, last_slash + 1)).append(path);
}

struct Target {
  std::string path;
  std::optional<std::string_view> query;
};

/// Path and query of a reference that has no authority of its own (RFC 3986, section 5.2.2).
Target resolve_target(const UrlParts& base, const UrlParts& reference) {
  if (reference.path.empty()) {
    return {std::string(base.path), reference.query ? reference.query : base.query};
  }
  if (reference.path.starts_with('/')) {
    return {remove_dot_segments(reference.path), reference.query};
  }
  return {remove_dot_segments(merge(base.path, reference.path)), reference.query};
}

}  // namespace

Url Url::resolve(std::string_view reference) const {
  const std::string escaped = escape_disallowed(trim(reference));
  const UrlParts base = split_url(text_);
  const UrlParts parts = split_url(escaped);

  // "http:path" is not relative to this URL (section 5.4.2, the strict reading), and refused by
  // `parse`.
  if (parts.scheme && !parts.authority) {
    return parse(escaped);
  }
  const bool has_authority = parts.authority.has_value();
  const Target target = has_authority ? Target{remove_dot_segments(parts.path), parts.query}
                                      : resolve_target(base, parts);
  const auto fragment = parts.fragment ? parts.fragment : base.fragment;

  std::string text(parts.scheme.value_or(*base.scheme));
  text.append("://").append(has_authority ? *parts.authority : *base.authority).append(target.path);
  if (target.query) {
    text.append("?").append(*target.query);
  }
  if (fragment) {
    text.append("#").append(*fragment);
  }
  return parse(text);
}

}  // namespace async_http_pool
