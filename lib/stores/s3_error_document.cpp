#include "stores/s3_error_document.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "http/ascii.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t text_bytes_max = std::size_t{64} << 10;

/// A UTF-8 sequence for `code_point`; a question mark for what is none.
void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto continuation = [code_point](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3fU));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.append({static_cast<char>(0xc0U | (code_point >> 6U)), continuation(0)});
  } else if (code_point < 0x10000) {
    out.append({static_cast<char>(0xe0U | (code_point >> 12U)), continuation(6), continuation(0)});
  } else if (code_point < 0x110000) {
    out.append({static_cast<char>(0xf0U | (code_point >> 18U)), continuation(12), continuation(6),
                continuation(0)});
  } else {
    out.push_back('?');
  }
}

/// `name` is what stands between `&` and `;`. False when that means nothing.
bool append_entity(std::string& out, std::string_view name) {
  constexpr std::pair<std::string_view, char> named[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [entity, c] : named) {
    if (name != entity) continue;
    out.push_back(c);
    return true;
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  std::uint32_t code_point = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code_point, base);
  if (error != std::errc() || end != name.data() + name.size()) return false;
  append_utf8(out, code_point);
  return true;
}

std::string unescaped(std::string_view text) {
  constexpr std::size_t entity_bytes_max = 10;
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('&'), text.size());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t end = text.find(';');
    if (end <= entity_bytes_max && append_entity(out, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
    } else {
      out.push_back('&');
      text.remove_prefix(1);
    }
  }
  return out;
}

/// The text of the first element of that name, without blanks around it.
std::string text_of(std::string_view body, std::string_view name) {
  const std::string begin = std::string("<").append(name).append(">");
  const std::string end = std::string("</").append(name).append(">");
  const std::size_t from = body.find(begin);
  if (from == std::string_view::npos) return {};
  std::string_view text = body.substr(from + begin.size());
  const std::size_t to = text.find(end);
  if (to == std::string_view::npos) return {};
  text = text.substr(0, to);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  // All of it or nothing: who looks for a secret in it must find the whole.
  return text.size() > text_bytes_max ? std::string() : unescaped(text);
}

/// What is inside the root element, if that is `Error`; with or without attributes.
std::optional<std::string_view> inside_error(std::string_view body) {
  constexpr std::string_view root = "<Error";
  while (true) {
    const std::size_t tag = body.find('<');
    if (tag == std::string_view::npos) return std::nullopt;
    body.remove_prefix(tag);
    if (!body.starts_with("<?") && !body.starts_with("<!")) break;  // declaration, comment
    body.remove_prefix(std::min(body.find('>'), body.size()));
  }
  const std::size_t end = body.find('>');
  if (!body.starts_with(root) || end == std::string_view::npos) return std::nullopt;
  const char next = body[root.size()];
  if (next != '>' && next != ' ') return std::nullopt;
  return body.substr(end + 1);
}

bool is_name(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '.' || c == '-' ||
           c == '_';
  });
}

/// `text` if it is made of letters and digits, as it should be; else nothing.
std::string name_only(std::string text) { return is_name(text) ? std::move(text) : std::string(); }

}  // namespace

S3ErrorDocument read_s3_error(std::string_view body) {
  const std::optional<std::string_view> error = inside_error(body);
  if (!error) return {};
  return {.code = name_only(text_of(*error, "Code")),
          .message = text_of(*error, "Message"),
          .region = name_only(text_of(*error, "Region")),
          .endpoint = name_only(text_of(*error, "Endpoint")),
          .request_id = text_of(*error, "RequestId")};
}

}  // namespace async_http_pool
