#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/headers.hpp>
#include <async_http_pool/value.hpp>
#include "wire/json_writer.hpp"

namespace async_http_pool {

/// What the documents of requests, responses and errors have in common.

/// The standard methods in lower case, as the original writes them; others as they are, for the
/// case of a method counts (RFC 9110, section 9.1).
[[nodiscard]] std::string json_method(std::string_view method);

/// `text` if it is UTF-8, else each byte taken for ISO-8859-1, as headers were once written (RFC
/// 9110, section 5.5): what a peer sends must not keep its response from being written.
[[nodiscard]] std::string foreign_text(std::string_view text);
void write_foreign_text(JsonWriter& writer, std::string_view text);

void write_strings(JsonWriter& writer, const std::vector<std::string>& strings);

/// An object; fields that stand several times are joined to one.
void write_headers(JsonWriter& writer, const Headers& headers);

}  // namespace async_http_pool
