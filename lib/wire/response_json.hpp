#pragma once

#include <async_http_pool/response.hpp>
#include "wire/json_writer.hpp"
#include "wire/object_reader.hpp"

namespace async_http_pool {

/// The document of `Response::to_json`, also as a part of another one.
void write_response(JsonWriter& writer, const Response& response);
/// Status, headers, url and http_method are required: without them it is no response. All else may
/// be missing or null, and is empty then. Durations are exact to the nanosecond up to 97 days, as
/// far as a double goes. Throws `ParseError`.
[[nodiscard]] Response read_response(const ObjectReader& reader, const ParseLimits& limits);

}  // namespace async_http_pool
