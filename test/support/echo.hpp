#pragma once

#include <async_http_pool/request.hpp>
#include <async_http_pool/response.hpp>

#include <string>

namespace async_http_pool::test {

inline Request get_of(const std::string& url) { return Request::get(url).build(); }

/// What /echo says of the header fields that arrived under `name`.
inline std::string echoed(const Response& response, const std::string& name) {
  const Value request = response.json();
  std::string values;
  for (const Value& field : request["headers"].as_array()) {
    if (field.at(0).as_string() == name) values += "[" + field.at(1).as_string() + "]";
  }
  return values;
}

}  // namespace async_http_pool::test
