#pragma once

#include <async_http_pool/headers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool::test {

/// A request as a test server received it.
struct ReceivedRequest {
  std::size_t connection = 0;  ///< on which connection, in order of their acceptance from 0
  std::string method;
  std::string target;
  std::string version;
  Headers headers;
  std::string body;

  /// The first header of that name; empty when there is none.
  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(std::string_view()));
  }
};

/// Takes the first complete request (a head and a body by content-length or in chunks) from the
/// front of `bytes`; none when it is not complete yet. What is no HTTP is taken with an empty
/// method.
[[nodiscard]] std::optional<ReceivedRequest> take_request(std::string& bytes);

}  // namespace async_http_pool::test
