#pragma once

#include "request_line.hpp"
#include "unfinished_lines.hpp"

#include <async_http_pool/error.hpp>
#include <async_http_pool/response.hpp>

#include <cstddef>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <variant>

namespace ahp_tool {

/// Why a line of input led to no request.
struct LineFailure {
  std::string message;  ///< without the number of the line
};

/// What became of a line of input.
struct Outcome {
  SourceLine source;
  LineLabel label;
  std::variant<async_http_pool::Response, std::unique_ptr<const async_http_pool::Error>,
               LineFailure>
      result;
  std::string result_json{};  ///< what stands for the result; empty: it has not been encoded yet
  bool is_stored = false;     ///< `result_json` is a reference to it
  std::size_t inline_bytes_max =
      std::numeric_limits<std::size_t>::max();  ///< a longer result should be in a store
  std::promise<bool>* written =
      nullptr;  ///< told whether it got into the output, if anyone waits for that

  [[nodiscard]] bool is_response() const noexcept { return result.index() == 0; }
};

/// The JSON of a result. That of a failed line has the form of a `RequestError`, so that one reader
/// does for all, and its `line`.
[[nodiscard]] std::string encode_result(const Outcome& outcome);

/// `{"id":...,"callback":...,"type":"response"|"error","result":{...}}` and a newline. The result
/// has been encoded.
[[nodiscard]] std::string to_output_line(const Outcome& outcome);

}  // namespace ahp_tool
