#pragma once

#include <cstddef>
#include <string>

#include <async_http_pool/option_types.hpp>
#include <async_http_pool/value.hpp>

namespace async_http_pool {

// Options as JSON: one pair of functions for each type that the tables use. Readers throw
// `std::invalid_argument` when the value is of another type or out of the type's range.

[[nodiscard]] inline Value value_of_option(bool value) { return value; }
[[nodiscard]] inline Value value_of_option(int value) { return value; }
/// No more than JSON readers take for an integer: as good as no limit.
[[nodiscard]] Value value_of_option(std::size_t value);
[[nodiscard]] inline Value value_of_option(const std::string& value) { return value; }
[[nodiscard]] Value value_of_option(Milliseconds value);  ///< in seconds
[[nodiscard]] Value value_of_option(const TextList& value);
[[nodiscard]] Value value_of_option(HttpVersion value);
[[nodiscard]] Value value_of_option(IpFamily value);
[[nodiscard]] Value value_of_option(TlsVersion value);
[[nodiscard]] Value value_of_option(CertificateFormat value);
[[nodiscard]] Value value_of_option(const IntegerList& value);

void read_option(const Value& value, bool& option);
void read_option(const Value& value, int& option);
void read_option(const Value& value, std::size_t& option);
void read_option(const Value& value, std::string& option);
void read_option(const Value& value, Milliseconds& option);
void read_option(const Value& value, TextList& option);
void read_option(const Value& value, HttpVersion& option);
void read_option(const Value& value, SelectorKind& option);
void read_option(const Value& value, IpFamily& option);
void read_option(const Value& value, TlsVersion& option);
void read_option(const Value& value, CertificateFormat& option);
void read_option(const Value& value, IntegerList& option);

}  // namespace async_http_pool
