#pragma once

#include <async_http_pool/value.hpp>

#include <string>

namespace ahp_tool {

/// A line of output of "ahp run", as JSON. Throws `ParseError`.
[[nodiscard]] async_http_pool::Value read_output_line(const std::string& text);

/// The reference in a line: all of it, or its result. Null when there is none.
[[nodiscard]] const async_http_pool::Value* find_reference(
    const async_http_pool::Value& line) noexcept;

/// `payload` as it may stand in a line: byte for byte, or without white space when it has line
/// feeds. Throws `std::runtime_error` when it is not one JSON object.
[[nodiscard]] std::string to_one_line(const std::string& payload);

/// `line` with `payload` in the place of `reference`, which is in it, and a newline.
[[nodiscard]] std::string put_in_place(const async_http_pool::Value& line,
                                       const async_http_pool::Value& reference,
                                       const std::string& payload);

}  // namespace ahp_tool
