#include <async_http_pool/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "base/utf8.hpp"
#include "wire/json_library.hpp"
#include "wire/json_number.hpp"

namespace async_http_pool {
namespace {

/// RapidJSON counts digits in an `int`: longer documents are refused whatever the limits say.
constexpr std::size_t text_bytes_limit = std::numeric_limits<int>::max();

/// Copying a `Value` recurses: what is read must fit the stack of any thread.
constexpr std::size_t depth_limit = 1024;

/// Builds a `Value` from the events of RapidJSON's reader. Open arrays and objects wait on a stack
/// of our own, so that the depth of a document never becomes the depth of the call stack.
class ValueBuilder {
 public:
  ValueBuilder(std::size_t depth_max, std::size_t values_max)
      : depth_max_(depth_max), values_left_(values_max) {}

  /// Why an event was refused; empty when none was.
  [[nodiscard]] std::string_view refusal() const noexcept { return refusal_; }
  [[nodiscard]] Value take() { return std::move(root_); }

  // The names are RapidJSON's concept. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return add(Value()); }
  bool Bool(bool value) { return add(value); }
  bool RawNumber(const char* text, std::size_t length, bool) {
    std::optional<Value> number = parse_json_number({text, length});
    if (number.has_value()) return add(std::move(*number));
    refusal_ = "a number is too big for a double";
    return false;
  }
  // RapidJSON wants them to be there; all numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool String(const char* text, std::size_t length, bool) {
    std::string_view string(text, length);
    return is_text(string) && add(string);
  }
  bool Key(const char* text, std::size_t length, bool) {
    const std::string_view name(text, length);
    if (!is_text(name)) return false;
    open_.back().name = name;
    return true;
  }
  bool StartObject() { return open(); }
  bool StartArray() { return open(); }
  bool EndObject(std::size_t) {
    Value::Object members = std::move(open_.back().members);
    return close(std::move(members));
  }
  bool EndArray(std::size_t) {
    Value::Array items = std::move(open_.back().items);
    return close(std::move(items));
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  struct Level {
    std::optional<std::string> name;  ///< of the member whose value comes next; none in an array
    Value::Array items;
    Value::Object members;
  };

  /// RapidJSON 1.1 lets a lone low surrogate pass as an escape ("\udc00"), which is no UTF-8.
  bool is_text(std::string_view text) {
    if (is_utf8(text)) return true;
    refusal_ = "a string is not Unicode text";
    return false;
  }

  bool open() {
    if (open_.size() == depth_max_) {
      refusal_ = "nested too deeply";
      return false;
    }
    open_.emplace_back();
    return true;
  }

  bool close(Value value) {
    open_.pop_back();
    return add(std::move(value));
  }

  /// Arrays and objects come here when they end: those that are open are bounded by their depth.
  bool add(Value value) {
    if (values_left_ == 0) {
      refusal_ = "too many values";
      return false;
    }
    --values_left_;
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = open_.back(); level.name.has_value()) {
      level.members.emplace_back(std::move(*level.name), std::move(value));
    } else {
      level.items.push_back(std::move(value));
    }
    return true;
  }

  std::size_t depth_max_;
  std::size_t values_left_;
  std::string_view refusal_;
  std::vector<Level> open_;
  Value root_;
};

[[noreturn]] void refuse(std::string_view reason, std::size_t offset) {
  throw ParseError(fmt::format("invalid JSON at byte {}: {}", offset, reason), offset);
}

}  // namespace

Value Value::from_json(std::string_view text, const ParseLimits& limits) {
  const std::size_t bytes_max = std::min(limits.text_bytes_max, text_bytes_limit);
  if (text.size() > bytes_max) refuse(fmt::format("longer than {} bytes", bytes_max), bytes_max);

  using Reader =
      ahp_rapidjson::GenericReader<ahp_rapidjson::UTF8<>, ahp_rapidjson::UTF8<>, JsonAllocator>;
  constexpr unsigned flags = ahp_rapidjson::kParseIterativeFlag |
                             ahp_rapidjson::kParseValidateEncodingFlag |
                             ahp_rapidjson::kParseNumbersAsStringsFlag;
  ahp_rapidjson::MemoryStream stream(text.data(), text.size());
  ValueBuilder builder(std::min(limits.depth_max, depth_limit), limits.values_max);
  Reader reader;
  const ahp_rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
  if (result.IsError()) {
    refuse(builder.refusal().empty() ? ahp_rapidjson::GetParseError_En(result.Code())
                                     : builder.refusal(),
           result.Offset());
  }
  // RapidJSON takes a NUL for the end of the text.
  if (stream.Tell() != text.size()) refuse("NUL byte", stream.Tell());
  return builder.take();
}

}  // namespace async_http_pool
