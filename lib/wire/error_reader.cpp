#include <async_http_pool/error.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <async_http_pool/exceptions.hpp>
#include "base/printable.hpp"
#include "response/request_error_access.hpp"
#include "wire/response_json.hpp"

namespace async_http_pool {
namespace {

ErrorContext read_context(const ObjectReader& reader) {
  ErrorContext context;
  context.url = reader.string("url");
  context.method = reader.method_or_empty("http_method");
  context.request_id = reader.optional_string("request_id");
  context.duration = reader.duration("duration");
  context.callback_args = reader.callback_args("callback_args");
  return context;
}

/// "TooManyRedirectsError" of "::PatientHttp::TooManyRedirectsError", the original's later name.
std::string_view without_namespace(std::string_view name) noexcept {
  for (const std::string_view prefix : {"::", "AsyncHttpPool::", "PatientHttp::"}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    if (prefix != "::") return name;
  }
  return {};
}

std::unique_ptr<Error> read_redirect_error(const ObjectReader& reader) {
  const std::string& error_class = reader.string("error_class");
  const ErrorContext context = read_context(reader);
  std::vector<std::string> redirects = reader.strings("redirects");
  const std::string_view name = without_namespace(error_class);
  if (name == "TooManyRedirectsError")
    return std::make_unique<TooManyRedirectsError>(context, redirects);
  if (name == "RecursiveRedirectError")
    return std::make_unique<RecursiveRedirectError>(context, std::move(redirects));
  reader.refuse("error_class", "is not known, got: " + quoted(error_class));
}

ErrorType read_error_type(const ObjectReader& reader) {
  const std::string& name = reader.string("error_type");
  for (const ErrorType type : {ErrorType::timeout, ErrorType::connection, ErrorType::ssl,
                               ErrorType::response_too_large, ErrorType::unknown}) {
    if (name == to_string(type)) return type;
  }
  reader.refuse("error_type", "is not known, got: " + quoted(name));
}

/// The original writes no code, and a later version of ours may know more of them.
ErrorCode read_error_code(const ObjectReader& reader) {
  const std::string name = reader.optional_string("code");
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    if (name == to_string(static_cast<ErrorCode>(code))) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::none;
}

std::unique_ptr<Error> read_request_error(const ObjectReader& reader) {
  const ErrorType type = read_error_type(reader);
  return std::make_unique<RequestError>(RequestErrorAccess::make(
      type, read_error_code(reader), reader.optional_string("message"), read_context(reader),
      {reader.string("class_name"), reader.strings("backtrace")}));
}

}  // namespace

std::unique_ptr<Error> Error::from_json(std::string_view text, const ParseLimits& limits) {
  const Value document = Value::from_json(text, limits);
  const ObjectReader reader(document, {"error", text.size()});
  if (reader.member("response") != nullptr)
    return HttpError::create(read_response(reader.object("response"), limits));
  if (reader.member("redirects") != nullptr || reader.member("error_class") != nullptr)
    return read_redirect_error(reader);
  return read_request_error(reader);
}

}  // namespace async_http_pool
