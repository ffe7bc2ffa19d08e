#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <async_http_pool/value.hpp>
#include "wire/json_library.hpp"

namespace async_http_pool {

/// Writes one compact JSON document, member by member: bodies go into it without a `Value` in
/// between. Every member throws `std::invalid_argument` for what JSON cannot express.
class JsonWriter {
 public:
  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }

  /// The name of the next member.
  void key(std::string_view name);
  void null() { writer_.Null(); }
  void boolean(bool value) { writer_.Bool(value); }
  void integer(std::int64_t value) { writer_.Int64(value); }
  /// The shortest form that reads back as the same double, never as an integer.
  void number(double value);
  void string(std::string_view text);
  /// In seconds, exact to the nanosecond: 60.000123, 5
  void seconds(std::chrono::nanoseconds value);
  void value(const Value& value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  /// RapidJSON's own buffer reserves six bytes for each one of a string; a body may have megabytes.
  class Sink {
   public:
    using Ch = char;
    explicit Sink(std::string& out) noexcept : out_(out) {}
    // The names are RapidJSON's concept. NOLINTBEGIN(readability-identifier-naming)
    void Put(char c) { out_.push_back(c); }
    void Flush() noexcept {}
    // NOLINTEND(readability-identifier-naming)

   private:
    std::string& out_;
  };

  void raw_number(std::string_view text);
  void scalar(const Value& value);

  std::string out_;
  Sink sink_{out_};
  ahp_rapidjson::Writer<Sink, ahp_rapidjson::UTF8<>, ahp_rapidjson::UTF8<>, JsonAllocator> writer_{
      sink_};
};

}  // namespace async_http_pool
