#pragma once

#include <async_http_pool/response.hpp>
#include "wire/json_writer.hpp"

namespace async_http_pool {

/// The document of `Response::to_json`, also as a part of another one.
void write_response(JsonWriter& writer, const Response& response);

}  // namespace async_http_pool
