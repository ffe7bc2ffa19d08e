#include "request_line.hpp"

#include "message_text.hpp"

#include <fmt/format.h>
#include <async_http_pool/value.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>

namespace ahp_tool {
namespace {

using async_http_pool::CallbackArgs;
using async_http_pool::Request;
using async_http_pool::Value;

constexpr std::string_view white_space = " \t\r\v\f";
constexpr std::array<std::string_view, 9> request_members = {
    "http_method", "url",     "headers",       "body",  "body_file",
    "multipart",   "timeout", "max_redirects", "config"};
constexpr std::array<std::string_view, 4> own_members = {"id", "callback", "callback_args",
                                                         "raise_error_responses"};

std::string_view trim(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

// What a line says. The input itself stays as it is: it may have to be written back.
std::string_view content_of(std::string_view text, std::uint64_t number) noexcept {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (number == 1 && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return trim(text);
}

template <typename Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A member that is given, or none: null counts as not given.
const Value* find_given(const Value& line, std::string_view name) {
  const Value* value = line.find(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

// Reads as much of the label as there is, so that even an error can be traced to its line.
void read_label(const Value& line, LineLabel& label) {
  if (const Value* id = find_given(line, "id")) {
    label.id_json = "null";
    if (!id->is_string() && !id->is_integer())
      throw std::invalid_argument("id must be a string or an integer");
    label.id_json = id->to_json();
  }
  if (const Value* callback = find_given(line, "callback")) {
    if (!callback->is_string() || callback->as_string().empty()) {
      throw std::invalid_argument("callback must be a string, and not empty");
    }
    label.callback = callback->as_string();
  }
}

Request read_request(const Value& line) {
  for (const Value::Member& member : line.as_object()) {
    if (!contains(request_members, member.first) && !contains(own_members, member.first)) {
      throw std::invalid_argument(fmt::format("unknown member {}", Value(member.first).to_json()));
    }
  }
  if (find_given(line, "url") == nullptr) throw std::invalid_argument("url is missing");
  Value::Object form;
  for (const std::string_view name : request_members) {
    const Value* value = find_given(line, name);
    form.emplace_back(name, value != nullptr ? *value : Value());
  }
  // These two have defaults here but none in the form of Request.
  if (form[0].second.is_null()) form[0].second = "get";
  if (form[2].second.is_null()) form[2].second = Value::object();
  return Request::from_json(Value(std::move(form)).to_json());
}

CallbackArgs read_callback_args(const Value& line) {
  const Value* args = find_given(line, "callback_args");
  if (args == nullptr) return {};
  if (!args->is_object()) throw std::invalid_argument("callback_args must be an object");
  return CallbackArgs(*args);
}

std::optional<bool> read_raise_error_responses(const Value& line) {
  const Value* raise = find_given(line, "raise_error_responses");
  if (raise == nullptr) return std::nullopt;
  if (!raise->is_bool()) throw std::invalid_argument("raise_error_responses must be true or false");
  return raise->as_bool();
}

RequestLine read_json_line(std::string_view text, LineLabel& label, const std::string& default_id) {
  const Value line = Value::from_json(text);
  label.id_json = default_id;
  read_label(line, label);
  return {label, read_request(line), read_callback_args(line), read_raise_error_responses(line)};
}

RequestLine read_url_line(std::string_view text, LineLabel& label, const std::string& default_id) {
  label.id_json = default_id;
  if (!is_utf8(text)) throw std::invalid_argument("not UTF-8");
  return {label, Request::get(text).build(), {}, std::nullopt};
}

}  // namespace

bool is_skipped_line(std::string_view text, std::uint64_t number) noexcept {
  const std::string_view content = content_of(text, number);
  return content.empty() || content.front() == '#';
}

std::variant<RequestLine, BadLine> parse_request_line(std::string_view text, std::uint64_t number) {
  LineLabel label;
  const std::string_view content = content_of(text, number);
  try {
    const auto read = content.starts_with('{') ? read_json_line : read_url_line;
    return read(content, label, std::to_string(number));
  } catch (const std::exception& error) {
    return BadLine{std::move(label), error.what()};
  }
}

}  // namespace ahp_tool
