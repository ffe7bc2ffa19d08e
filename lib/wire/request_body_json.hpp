#pragma once

#include <async_http_pool/request.hpp>
#include "wire/json_writer.hpp"
#include "wire/object_reader.hpp"

namespace async_http_pool {

/// The members "body", and "body_file" or "multipart" when the body is of that kind.
void write_request_body(JsonWriter& writer, const Request& request);
/// Gives `builder` what those members say; none of them is none. Throws `ParseError`.
void read_request_body(const ObjectReader& reader, const ParseLimits& limits,
                       RequestBuilder& builder);

}  // namespace async_http_pool
