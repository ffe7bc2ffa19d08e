#pragma once

#include "support/received_request.hpp"

#include <async_http_pool/request.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool::test {

/// Bytes that differ everywhere, so that no piece can be taken for another.
inline std::string numbered_bytes(std::size_t size) {
  std::string bytes;
  for (int line = 0; bytes.size() < size; ++line) bytes += std::to_string(line) + "\n";
  bytes.resize(size);
  return bytes;
}

/// A way to give a request certain bytes as its body, or in its parts.
struct BodyForm {
  std::string name;
  std::function<void(RequestBuilder&)> set;
  std::string bytes;
  std::size_t times;  ///< how often they are in the body

  [[nodiscard]] Request request(std::string_view method, std::string_view url) const {
    RequestBuilder builder = Request::builder(method, url);
    set(builder);
    return builder.build();
  }
  /// Whether all of the body has come.
  [[nodiscard]] bool is_in(const ReceivedRequest& request) const {
    if (name != "multipart") return request.body == bytes;
    std::size_t count = 0;
    for (std::size_t i = 0; (i = request.body.find(bytes, i)) != std::string::npos;
         i += bytes.size())
      ++count;
    return count == times && request.body.ends_with("--\r\n");
  }
};

/// All of them; `path` is that of a file with `bytes`.
inline std::vector<BodyForm> body_forms(const std::string& bytes, const std::string& path) {
  const auto add_bytes = [=](RequestBuilder& builder) { builder.body(bytes); };
  const auto add_file = [=](RequestBuilder& builder) { builder.body_file(path); };
  const auto add_parts = [=](RequestBuilder& builder) {
    builder.multipart(Multipart().add_field("field", bytes).add_file("file", path));
  };
  return {{"bytes", add_bytes, bytes, 1},
          {"file", add_file, bytes, 1},
          {"multipart", add_parts, bytes, 2}};
}

}  // namespace async_http_pool::test
