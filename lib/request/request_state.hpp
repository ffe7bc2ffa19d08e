#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>

namespace async_http_pool {

/// The content that copies of a `Request` share.
struct Request::State {
  std::string method;
  std::string url;
  Headers headers;
  std::optional<std::string> body;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<int> max_redirects;

  friend bool operator==(const State&, const State&) = default;
};

}  // namespace async_http_pool
