#include "http/url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/printable.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view mask = "***";

/// Parts of names that are hardly ever used for anything but secrets.
constexpr std::array<std::string_view, 18> secret_parts = {
    "token",      "secret",     "passw",         "passphrase", "pwd",     "signature",
    "credential", "apikey",     "api_key",       "api-key",    "api.key", "accesskey",
    "access_key", "access-key", "authorization", "session",    "sessid",  "jwt"};

/// Names, or words of names such as `x-sig`, too short to be looked for inside of others.
constexpr std::array<std::string_view, 9> secret_words = {"key", "sig", "auth", "pass", "otp",
                                                          "pin", "sid", "hmac", "sign"};

std::string decoded_in_lower_case(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto byte = percent_escape(text.substr(i))) {
      out += to_lower(static_cast<char>(*byte));
      i += 2;
    } else {
      out += to_lower(text[i]);
    }
  }
  return out;
}

bool has_secret_word(std::string_view name) noexcept {
  while (!name.empty()) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto begin = std::ranges::find_if(name, is_letter);
    const auto end = std::find_if_not(begin, name.end(), is_letter);
    if (std::ranges::find(secret_words, std::string_view(begin, end)) != secret_words.end()) {
      return true;
    }
    name = std::string_view(end, name.end());
  }
  return false;
}

bool is_secret_name(std::string_view encoded) {
  const std::string name = decoded_in_lower_case(encoded);
  // "code": an OAuth authorisation.
  return name == "code" || name.ends_with("key") || has_secret_word(name) ||
         std::ranges::any_of(secret_parts, [&](std::string_view part) {
           return name.find(part) != std::string::npos;
         });
}

/// `authority` from behind its user information on; `%40` counts, as somebody's way to write the
/// delimiter.
std::string_view without_user_information(std::string_view authority) noexcept {
  const auto behind_last = [&](std::string_view delimiter) {
    const std::size_t at = authority.rfind(delimiter);
    return at == std::string_view::npos ? 0 : at + delimiter.size();
  };
  return authority.substr(std::max(behind_last("@"), behind_last("%40")));
}

bool is_plausible(std::string_view authority) noexcept {
  const auto [host, port] = split_authority(authority);
  return is_host(host) && std::ranges::all_of(port, is_digit);
}

/// Appends path, query and fragment. The secrets are looked for everywhere, since `;jsessionid=`
/// stands in the path and `#access_token=` in the fragment, and a URL may be the value of a
/// parameter.
void append_masked(std::string& out, std::string_view text) {
  constexpr std::string_view separators = "/?#&;";
  while (!text.empty()) {
    const std::size_t name_end = std::min(text.find_first_of("=/?#&;"), text.size());
    const std::string_view name = text.substr(0, name_end);
    std::size_t end = name_end;
    if (name_end < text.size() && text[name_end] == '=' && is_secret_name(name)) {
      out.append(name).append("=").append(mask);
      end = std::min(text.find_first_of("&#", name_end), text.size());
    } else {
      const std::size_t part_end = std::min(text.find_first_of(separators), text.size());
      // "url=http:" is followed by two parts, an empty one and an authority.
      const bool is_authority = out.ends_with("//");
      end = is_authority || name_end == part_end ? part_end : name_end;
      out.append(is_authority ? without_user_information(text.substr(0, end))
                              : text.substr(0, end));
    }
    if (end < text.size()) {
      out += text[end++];
    }
    text.remove_prefix(end);
  }
}

}  // namespace

std::string redact_url(std::string_view url) {
  std::string out;
  std::string_view rest = url;
  const UrlParts parts = split_url(url);
  const std::size_t last_at = url.rfind('@');
  if (parts.authority) {
    out.append(parts.scheme.value_or(std::string_view())).append(parts.scheme ? "://" : "//");
    const std::string_view authority = without_user_information(*parts.authority);
    rest = url.substr(static_cast<std::size_t>(authority.data() - url.data()));
    if (is_plausible(authority)) {
      out += authority;
      rest.remove_prefix(authority.size());
    } else if (last_at != std::string_view::npos) {
      // "http://me:pass/word@host/": the authority ended too early, in the midst of a password.
      rest = url.substr(std::max(last_at + 1, url.size() - rest.size()));
    }
  } else if (last_at != std::string_view::npos && !url.starts_with('/')) {
    // No URL; it may be one whose scheme was forgotten or mistyped: "me:password@host/".
    rest = url.substr(last_at + 1);
  }
  append_masked(out, rest);
  return printable(out);
}

}  // namespace async_http_pool
