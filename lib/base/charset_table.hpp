#pragma once

#include <string_view>

namespace async_http_pool {

/// A charset that is converted.
struct Charset {
  std::string_view label;  ///< letters and digits only, in lower case: "iso88591"
  const char* name;        ///< as iconv calls it
  /// Whether ASCII text has the same bytes in it, and such bytes never mean anything else.
  bool is_ascii_based;
  /// The smaller set that the label stands for by its own standard, when others convert by that one
  /// and have other bytes for some characters; null otherwise.
  const char* standard_name = nullptr;
};

/// The charset that `name` means, in any spelling that servers use ("x-sjis", "CP-1252",
/// "ISO_8859-1"); null when it is none that we convert.
///
/// Names come from peers: they are looked up here and never given to iconv, whose rarer converters
/// have had holes (CVE-2024-2961 in ISO-2022-CN-EXT, CVE-2021-3326 in ISO-2022-JP-3).
[[nodiscard]] const Charset* find_charset(std::string_view name) noexcept;

}  // namespace async_http_pool
