#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ahp_tool {

/// What follows the ? of a URL, decoded.
using UrlQuery = std::map<std::string, std::string, std::less<>>;
using QueryNames = std::initializer_list<std::string_view>;

/// What precedes `mark`, which is cut off together with it; `text` becomes what follows.
[[nodiscard]] std::string_view cut(std::string_view& text, char mark) noexcept;

/// RFC 3986, section 2.1. None when a % is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text);

/// `NAME=VALUE&...`. None when a name is not `known` or given twice, or when a value is empty or no
/// visible UTF-8.
[[nodiscard]] std::optional<UrlQuery> parse_query(std::string_view text, QueryNames known);

/// `?NAME=VALUE&...` of those of `names` that are there, in their order; empty without any.
[[nodiscard]] std::string to_query(const UrlQuery& query, QueryNames names);

}  // namespace ahp_tool
