#pragma once

#include <optional>
#include <string_view>

#include <async_http_pool/value.hpp>

namespace async_http_pool {

/// The value of a JSON number: an integer when it is written as one and fits int64, else the
/// nearest double; none when that would be infinite. `text` has the grammar of RFC 8259, section 6.
///
/// RapidJSON 1.1 checks the grammar but is not asked for the value: its full precision overflows
/// integers and reads 4.1e-326 as a huge negative number.
[[nodiscard]] std::optional<Value> parse_json_number(std::string_view text);

}  // namespace async_http_pool
