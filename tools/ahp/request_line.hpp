#pragma once

#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/request.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ahp_tool {

/// How a line of output says which line of input it belongs to.
struct LineLabel {
  std::string id_json = "null";  ///< as in the input, or the number of the line
  std::string callback = "default";
};

/// A line of input that asks for a request.
struct RequestLine {
  LineLabel label;
  async_http_pool::Request request;
  async_http_pool::CallbackArgs callback_args;
  std::optional<bool> raise_error_responses;
};

/// A line of input that asks for nothing that can be done.
struct BadLine {
  LineLabel label;      ///< as far as it could be read
  std::string message;  ///< without the number of the line
};

/// Whether a line is blank or a comment, which begins with `#`.
[[nodiscard]] bool is_skipped_line(std::string_view text, std::uint64_t number) noexcept;

/// Reads a line: a bare URL, or a JSON object in the form of `Request` (only `url` is needed) that
/// may also have `id`, `callback`, `callback_args` and `raise_error_responses`. Other members are
/// refused: a misspelt name must not go unnoticed. Line 1 may begin with a byte order mark.
[[nodiscard]] std::variant<RequestLine, BadLine> parse_request_line(std::string_view text,
                                                                    std::uint64_t number);

}  // namespace ahp_tool
