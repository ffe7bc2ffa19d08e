#include "wire/payload.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/deflate.hpp"
#include "base/utf8.hpp"
#include "http/ascii.hpp"
#include "http/media_type.hpp"
#include "wire/transcoding.hpp"

namespace async_http_pool {
namespace {

/// From this size on, text is deflated.
constexpr std::size_t deflate_bytes_min = 4096;
constexpr std::string_view no_charset = "ASCII-8BIT";

/// Ruby's reader raises for a charset that it does not know, so only those get through that it and
/// most others do; the bytes are the same under "ASCII-8BIT". Prefixes stand for their numbered
/// families.
constexpr std::array<std::string_view, 14> known_charsets = {
    "BIG5",   "EUC-JP", "EUC-KR",    "GB18030", "GB2312",   "GBK",   "ISO-2022-JP",
    "KOI8-R", "KOI8-U", "SHIFT_JIS", "TIS-620", "US-ASCII", "UTF-8", "UTF-16"};

bool is_numbered(std::string_view name, std::string_view prefix, std::string_view numbers) {
  if (!name.starts_with(prefix) || name.find(' ') != std::string_view::npos) return false;
  const std::string number = fmt::format(" {} ", name.substr(prefix.size()));
  return numbers.find(number) != std::string_view::npos;
}

/// The declared charset of raw bytes, if it is one that readers know.
std::string raw_charset(const std::optional<std::string>& declared) {
  if (!declared.has_value()) return std::string(no_charset);
  std::string name = to_upper(*declared);
  const bool is_known =
      std::find(known_charsets.begin(), known_charsets.end(), name) != known_charsets.end() ||
      is_numbered(name, "ISO-8859-", " 1 2 3 4 5 6 7 8 9 10 11 13 14 15 16 ") ||
      is_numbered(name, "WINDOWS-", " 1250 1251 1252 1253 1254 1255 1256 1257 1258 ") ||
      is_numbered(name, "UTF-", " 16LE 16BE 32 32LE 32BE ");
  return is_known ? name : std::string(no_charset);
}

bool is_utf8_text(std::string_view bytes, const std::optional<std::string>& charset) {
  if (is_ascii(bytes)) return true;
  const bool is_declared = !charset.has_value() || *charset == "utf-8" || *charset == "us-ascii";
  return is_declared && is_utf8(bytes);
}

/// `bytes` deflated, when that is shorter.
std::optional<std::string> deflated(std::string_view bytes) {
  if (bytes.size() < deflate_bytes_min) return std::nullopt;
  std::string stream = deflate_bytes(bytes);
  if (stream.size() >= bytes.size()) return std::nullopt;
  return stream;
}

}  // namespace

Payload encode_payload(std::string_view bytes, std::string_view content_type) {
  if (!is_text_type(content_type)) return {"binary", encode_base64(bytes), std::string(no_charset)};
  const std::optional<std::string> charset = charset_of(content_type);
  // What a reader would convert back is not what was sent: the bytes then go under another name.
  const bool is_ambiguous = is_transcoded(bytes, content_type);
  const bool is_text = !is_ambiguous && is_utf8_text(bytes, charset);
  std::string name = is_text ? "UTF-8" : raw_charset(charset);
  if (is_ambiguous && name == "UTF-8") name = no_charset;
  if (const auto stream = deflated(bytes))
    return {"gzipped", encode_base64(*stream), std::move(name)};
  if (is_text) return {"text", std::nullopt, std::move(name)};
  return {"binary", encode_base64(bytes), std::move(name)};
}

void write_payload(JsonWriter& writer, std::string_view bytes, std::string_view content_type) {
  const Payload payload = encode_payload(bytes, content_type);
  writer.begin_object();
  writer.key("encoding");
  writer.string(payload.encoding);
  writer.key("value");
  writer.string(payload.value.has_value() ? std::string_view(*payload.value) : bytes);
  writer.key("charset");
  writer.string(payload.charset);
  writer.end_object();
}

}  // namespace async_http_pool
