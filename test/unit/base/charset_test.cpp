#include "base/charset.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "base/charset_table.hpp"
#include "base/utf8.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

std::string name_of(std::string_view label) {
  const Charset* charset = find_charset(label);
  return charset == nullptr ? "none" : charset->name;
}

std::string bytes(std::string_view text, std::size_t size) {
  return std::string(text.data(), size);
}

}  // namespace

TEST_CASE("Charsets are found by the names that servers use") {
  struct Case {
    std::string label, name;
  };
  for (const Case& c : std::vector<Case>{{"utf-8", "UTF-8"},
                                         {"utf8", "UTF-8"},
                                         {"UTF_8", "UTF-8"},
                                         {"latin1", "ISO-8859-1"},
                                         {"iso8859-1", "ISO-8859-1"},
                                         {"ISO_8859-1:1987", "ISO-8859-1"},
                                         {"iso-8859-15", "ISO-8859-15"},
                                         {"iso-8859-8-i", "ISO-8859-8"},
                                         {"us-ascii", "US-ASCII"},
                                         {"cp-1252", "CP1252"},
                                         {"x-cp1252", "CP1252"},
                                         {"Windows-1252", "CP1252"},
                                         {"x-sjis", "CP932"},
                                         {"Shift_JIS", "CP932"},
                                         {"windows-31j", "CP932"},
                                         {"x-euc-jp", "EUC-JP"},
                                         {"ks_c_5601-1987", "CP949"},
                                         {"euc-kr", "CP949"},
                                         {"gb2312", "GB18030"},
                                         {"x-gbk", "GB18030"},
                                         {"big5", "BIG5-HKSCS"},
                                         {"x-mac-roman", "MACINTOSH"},
                                         {"koi8-r", "KOI8-R"},
                                         {"utf-16", "UTF-16"},
                                         {"", "none"},
                                         {"-", "none"},
                                         {"bogus", "none"},
                                         {"iso-8859-12", "none"},
                                         {"utf-7", "none"},
                                         {"iso-2022-cn-ext", "none"},
                                         {"utf-8//IGNORE", "none"},
                                         {"utf-8,", "none"},
                                         {"../utf-8", "none"},
                                         {std::string(1000, 'a'), "none"},
                                         {std::string(1000, '-'), "none"},
                                         {"utf\xc3\xa9"
                                          "8",
                                          "none"},
                                         {std::string("utf-8\0", 6), "none"}}) {
    INFO(c.label);
    CHECK(name_of(c.label) == c.name);
  }
}

TEST_CASE("Text of many charsets is converted to UTF-8") {
  struct Case {
    std::string charset, bytes, text;
  };
  for (const Case& c : std::vector<Case>{{"utf-8", "é", "é"},
                                         {"utf-8", "\xef\xbb\xbf{}", "{}"},
                                         {"utf-8", "", ""},
                                         {"us-ascii", "abc", "abc"},
                                         {"iso-8859-1", "\xe9\x80", "é\xc2\x80"},
                                         {"windows-1252", "\x80", "€"},
                                         {"shift_jis", "\x93\xfa\\~", "日\\~"},
                                         {"iso-2022-jp", "\x1b$BF|\x1b(B", "日"},
                                         {"gb2312", "\xc8\xd5", "日"},
                                         {"big5", "\xa4\xe9", "日"},
                                         {"euc-kr", "\xec\xed", "日"},
                                         {"koi8-r", "\xc4\xc1", "да"},
                                         {"utf-16", bytes("\xfe\xff\0a", 4), "a"},
                                         {"utf-16",
                                          bytes("\xff\xfe"
                                                "a\0",
                                                4),
                                          "a"},
                                         {"utf-16", bytes("a\0", 2), "a"},
                                         {"utf-16be", bytes("\0a\xd8\x3d\xde\0", 6), "a😀"},
                                         {"utf-16le",
                                          bytes("\xff\xfe"
                                                "a\0",
                                                4),
                                          "a"},
                                         {"utf-32", bytes("\0\0\xfe\xff\0\0\0a", 8), "a"},
                                         {"utf-32", bytes("a\0\0\0", 4), "a"}}) {
    INFO(c.charset);
    CHECK(to_utf8(c.bytes, c.charset) == c.text);
  }
}

TEST_CASE("Bytes that do not follow their charset are refused with their place") {
  CHECK_THROWS_WITH(to_utf8("ab\xff", "utf-8"), "not UTF-8 at byte 2");
  CHECK_THROWS_WITH(to_utf8("a\xc3", "utf-8"), "not UTF-8 at byte 1");
  CHECK_THROWS_WITH(to_utf8("\xed\xa0\x80", "utf-8"), "not UTF-8 at byte 0");
  CHECK_THROWS_WITH(to_utf8("a\xe9", "us-ascii"), "not US-ASCII at byte 1");
  CHECK_THROWS_WITH(to_utf8("\x93", "shift_jis"), "not CP932 at byte 0");
  CHECK_THROWS_WITH(to_utf8("abc", "utf-16be"), "not UTF-16BE at byte 2");
  CHECK_THROWS_WITH(to_utf8("x", "utf-7"), "charset is not known, got: \"utf-7\"");
  CHECK_THROWS_WITH(from_utf8("aé日", "iso-8859-1"), "not UTF-8 at byte 3");
  CHECK_THROWS_AS(from_utf8("\xff", "utf-16"), std::invalid_argument);
}

TEST_CASE("Every charset of the table is known to this system, both ways") {
  std::size_t charsets = 0;
  for (const char* label :
       {"utf8",      "usascii",   "iso88591",  "iso88592",  "iso88593",    "iso88594",  "iso88595",
        "iso88596",  "iso88597",  "iso88598",  "iso88599",  "iso885910",   "iso885911", "iso885913",
        "iso885914", "iso885915", "iso885916", "cp1250",    "cp1251",      "cp1252",    "cp1253",
        "cp1254",    "cp1255",    "cp1256",    "cp1257",    "cp1258",      "cp874",     "tis620",
        "koi8r",     "koi8u",     "cp866",     "macintosh", "maccyrillic", "gb18030",   "big5",
        "eucjp",     "sjis",      "iso2022jp", "euckr",     "utf16",       "utf16le",   "utf16be",
        "utf32",     "utf32le",   "utf32be"}) {
    INFO(label);
    const std::string text = "Az09 {}\"";
    CHECK(to_utf8(from_utf8(text, label), label) == text);
    CHECK((from_utf8(text, label) == text) ==
          (find_charset(label)->is_ascii_based || std::string(label) == "iso2022jp"));
    ++charsets;
  }
  CHECK(charsets == 45);
}

TEST_CASE("Long text is converted whole") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += i % 2 == 0 ? "日" : "a";
  for (const char* charset : {"iso-2022-jp", "utf-32", "gb18030", "euc-jp", "utf-16be"}) {
    INFO(charset);
    CHECK(to_utf8(from_utf8(text, charset), charset) == text);
  }
}

}  // namespace async_http_pool
