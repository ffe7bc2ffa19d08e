#include "wire/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace async_http_pool {
namespace {

void check_text(std::string_view text) {
  if (!is_utf8(text))
    throw std::invalid_argument("a string that is not UTF-8 cannot be written as JSON");
}

/// An array or object that is being written, and how far.
struct OpenValue {
  const Value* value;
  std::size_t next = 0;
};

}  // namespace

void JsonWriter::key(std::string_view name) {
  check_text(name);
  writer_.Key(name.data(), name.size());
}

void JsonWriter::string(std::string_view text) {
  check_text(text);
  writer_.String(text.data(), text.size());
}

void JsonWriter::raw_number(std::string_view text) {
  writer_.RawValue(text.data(), text.size(), ahp_rapidjson::kNumberType);
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value))
    throw std::invalid_argument("NaN and infinities cannot be written as JSON");
  std::array<char, 32> text{};
  char* end = std::to_chars(text.data(), text.data() + text.size() - 2, value).ptr;
  if (std::string_view(text.data(), end).find_first_of(".e") == std::string_view::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  raw_number({text.data(), end});
}

void JsonWriter::seconds(std::chrono::nanoseconds value) {
  constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
  const std::int64_t whole = value.count() / nanoseconds_per_second;
  const std::int64_t rest = std::abs(value.count() % nanoseconds_per_second);
  std::string text =
      fmt::format("{}{}.{:09}", value.count() < 0 && whole == 0 ? "-" : "", whole, rest);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  raw_number(text);
}

void JsonWriter::scalar(const Value& value) {
  if (value.is_bool()) return boolean(value.as_bool());
  if (value.is_integer()) return integer(value.as_integer());
  if (value.is_double()) return number(value.as_double());
  if (value.is_string()) return string(value.as_string());
  null();
}

void JsonWriter::value(const Value& root) {
  // A stack of our own: an application may nest values more deeply than the call stack is high.
  std::vector<OpenValue> open;
  const auto begin = [&](const Value& value) {
    if (value.is_object()) {
      begin_object();
    } else if (value.is_array()) {
      begin_array();
    } else {
      return scalar(value);
    }
    open.push_back({&value});
  };
  begin(root);
  while (!open.empty()) {
    OpenValue& top = open.back();
    const std::size_t i = top.next++;
    if (top.value->is_array()) {
      const Value::Array& items = top.value->as_array();
      if (i < items.size()) {
        begin(items[i]);
      } else {
        end_array();
        open.pop_back();
      }
    } else {
      const Value::Object& members = top.value->as_object();
      if (i < members.size()) {
        key(members[i].first);
        begin(members[i].second);
      } else {
        end_object();
        open.pop_back();
      }
    }
  }
}

std::string Value::to_json() const {
  JsonWriter writer;
  writer.value(*this);
  return writer.take();
}

}  // namespace async_http_pool
