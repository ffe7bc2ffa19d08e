#include "line_outcome.hpp"

#include <fmt/format.h>
#include <async_http_pool/value.hpp>

namespace ahp_tool {
namespace {

using async_http_pool::Error;
using async_http_pool::ErrorCode;
using async_http_pool::ErrorType;
using async_http_pool::Response;
using async_http_pool::Value;

struct ResultWriter {
  const SourceLine& source;

  std::string operator()(const Response& response) const { return response.to_json(); }
  std::string operator()(const std::unique_ptr<const Error>& error) const {
    return error->to_json();
  }
  std::string operator()(const LineFailure& failure) const {
    return Value::object({{"class_name", "AsyncHttpPool::InputError"},
                          {"message", fmt::format("line {}: {}", source.number, failure.message)},
                          {"backtrace", Value::array()},
                          {"request_id", ""},
                          {"error_type", to_string(ErrorType::unknown)},
                          {"duration", 0.0},
                          {"url", ""},
                          {"http_method", "get"},
                          {"callback_args", Value::object()},
                          {"code", to_string(ErrorCode::none)},
                          {"line", source.number}})
        .to_json();
  }
};

}  // namespace

std::string encode_result(const Outcome& outcome) {
  return std::visit(ResultWriter{outcome.source}, outcome.result);
}

std::string to_output_line(const Outcome& outcome) {
  return fmt::format("{{\"id\":{},\"callback\":{},\"type\":\"{}\",\"result\":{}}}\n",
                     outcome.label.id_json, Value(outcome.label.callback).to_json(),
                     outcome.is_response() ? "response" : "error", outcome.result_json);
}

}  // namespace ahp_tool
