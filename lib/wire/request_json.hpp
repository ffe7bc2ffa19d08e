#pragma once

#include <async_http_pool/request.hpp>
#include "wire/json_writer.hpp"
#include "wire/object_reader.hpp"

namespace async_http_pool {

/// The document of `Request::to_json`, also as a part of another one.
void write_request(JsonWriter& writer, const Request& request);
/// Only http_method and url are required. Throws `ParseError`, also for what the builder refuses.
[[nodiscard]] Request read_request(const ObjectReader& reader, const ParseLimits& limits);

}  // namespace async_http_pool
