#include "base/charset_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace async_http_pool {
namespace {

/// Sorted by label. The names of IANA and those that the WHATWG Encoding Standard found in use.
/// Where servers say less than they mean the larger set is taken: gb2312 is GB18030, Big5 is
/// BIG5-HKSCS, Shift_JIS and EUC-KR are the code pages of Windows. It has all characters of the
/// smaller one, but for a few signs that the two map to different, much alike characters: the wave
/// dash of Shift_JIS becomes a fullwidth tilde. ISO-8859-1 and US-ASCII are themselves, as RFC 9110
/// and MIME have it, and not windows-1252.
constexpr std::array<Charset, 124> charsets = {{
    {"866", "CP866", true},
    {"ansix341968", "US-ASCII", true},
    {"arabic", "ISO-8859-6", true},
    {"ascii", "US-ASCII", true},
    {"big5", "BIG5-HKSCS", true, "BIG5"},
    {"big5hkscs", "BIG5-HKSCS", true},
    {"chinese", "GB18030", true},
    {"cnbig5", "BIG5-HKSCS", true, "BIG5"},
    {"cp1250", "CP1250", true},
    {"cp1251", "CP1251", true},
    {"cp1252", "CP1252", true},
    {"cp1253", "CP1253", true},
    {"cp1254", "CP1254", true},
    {"cp1255", "CP1255", true},
    {"cp1256", "CP1256", true},
    {"cp1257", "CP1257", true},
    {"cp1258", "CP1258", true},
    {"cp866", "CP866", true},
    {"cp874", "CP874", true},
    {"cp932", "CP932", true},
    {"cp936", "GB18030", true},
    {"cp949", "CP949", true},
    {"csiso2022jp", "ISO-2022-JP", false},
    {"cyrillic", "ISO-8859-5", true},
    {"dos874", "CP874", true},
    {"euccn", "GB18030", true},
    {"eucjp", "EUC-JP", true},
    {"euckr", "CP949", true},
    {"gb18030", "GB18030", true},
    {"gb2312", "GB18030", true},
    {"gb231280", "GB18030", true},
    {"gbk", "GB18030", true},
    {"greek", "ISO-8859-7", true},
    {"hebrew", "ISO-8859-8", true},
    {"ibm866", "CP866", true},
    {"iso2022jp", "ISO-2022-JP", false},
    {"iso646us", "US-ASCII", true},
    {"iso88591", "ISO-8859-1", true},
    {"iso885910", "ISO-8859-10", true},
    {"iso885911", "ISO-8859-11", true},
    {"iso885911987", "ISO-8859-1", true},
    {"iso885913", "ISO-8859-13", true},
    {"iso885914", "ISO-8859-14", true},
    {"iso885915", "ISO-8859-15", true},
    {"iso885916", "ISO-8859-16", true},
    {"iso88592", "ISO-8859-2", true},
    {"iso885921987", "ISO-8859-2", true},
    {"iso88593", "ISO-8859-3", true},
    {"iso88594", "ISO-8859-4", true},
    {"iso88595", "ISO-8859-5", true},
    {"iso885951988", "ISO-8859-5", true},
    {"iso88596", "ISO-8859-6", true},
    {"iso88597", "ISO-8859-7", true},
    {"iso885971987", "ISO-8859-7", true},
    {"iso88598", "ISO-8859-8", true},
    {"iso885981988", "ISO-8859-8", true},
    {"iso88598i", "ISO-8859-8", true},
    {"iso88599", "ISO-8859-9", true},
    {"iso885991989", "ISO-8859-9", true},
    {"isoir100", "ISO-8859-1", true},
    {"koi", "KOI8-R", true},
    {"koi8", "KOI8-R", true},
    {"koi8r", "KOI8-R", true},
    {"koi8ru", "KOI8-U", true},
    {"koi8u", "KOI8-U", true},
    {"korean", "CP949", true},
    {"ksc5601", "CP949", true},
    {"ksc56011987", "CP949", true},
    {"ksc56011989", "CP949", true},
    {"l1", "ISO-8859-1", true},
    {"l2", "ISO-8859-2", true},
    {"l3", "ISO-8859-3", true},
    {"l4", "ISO-8859-4", true},
    {"l5", "ISO-8859-9", true},
    {"l6", "ISO-8859-10", true},
    {"l9", "ISO-8859-15", true},
    {"latin1", "ISO-8859-1", true},
    {"latin2", "ISO-8859-2", true},
    {"latin3", "ISO-8859-3", true},
    {"latin4", "ISO-8859-4", true},
    {"latin5", "ISO-8859-9", true},
    {"latin6", "ISO-8859-10", true},
    {"latin9", "ISO-8859-15", true},
    {"mac", "MACINTOSH", true},
    {"maccyrillic", "MAC-CYRILLIC", true},
    {"macintosh", "MACINTOSH", true},
    {"macroman", "MACINTOSH", true},
    {"ms932", "CP932", true},
    {"mskanji", "CP932", true},
    {"shiftjis", "CP932", true},
    {"sjis", "CP932", true},
    {"tis620", "TIS-620", true},
    {"uhc", "CP949", true},
    {"unicode11utf8", "UTF-8", true},
    {"usascii", "US-ASCII", true},
    {"utf16", "UTF-16", false},
    {"utf16be", "UTF-16BE", false},
    {"utf16le", "UTF-16LE", false},
    {"utf32", "UTF-32", false},
    {"utf32be", "UTF-32BE", false},
    {"utf32le", "UTF-32LE", false},
    {"utf8", "UTF-8", true},
    {"win1250", "CP1250", true},
    {"win1251", "CP1251", true},
    {"win1252", "CP1252", true},
    {"win1253", "CP1253", true},
    {"win1254", "CP1254", true},
    {"win1255", "CP1255", true},
    {"win1256", "CP1256", true},
    {"win1257", "CP1257", true},
    {"win1258", "CP1258", true},
    {"windows1250", "CP1250", true},
    {"windows1251", "CP1251", true},
    {"windows1252", "CP1252", true},
    {"windows1253", "CP1253", true},
    {"windows1254", "CP1254", true},
    {"windows1255", "CP1255", true},
    {"windows1256", "CP1256", true},
    {"windows1257", "CP1257", true},
    {"windows1258", "CP1258", true},
    {"windows31j", "CP932", true},
    {"windows874", "CP874", true},
    {"windows936", "GB18030", true},
    {"windows949", "CP949", true},
}};
static_assert(std::ranges::is_sorted(charsets, {}, &Charset::label));

constexpr std::size_t label_bytes_max = 32;

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

const Charset* find_charset(std::string_view name) noexcept {
  if (name.starts_with("x-") || name.starts_with("X-")) name.remove_prefix(2);
  std::array<char, label_bytes_max> letters{};
  std::size_t size = 0;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ' || c == '.' || c == ':') continue;
    if (size == letters.size()) return nullptr;
    letters[size++] = lower(c);
  }
  const std::string_view label(letters.data(), size);
  const auto* const found = std::ranges::lower_bound(charsets, label, {}, &Charset::label);
  return found != charsets.end() && found->label == label ? &*found : nullptr;
}

}  // namespace async_http_pool
