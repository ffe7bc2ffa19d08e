#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_config.hpp>

namespace async_http_pool {

/// The content that copies of a `Request` share.
struct Request::State {
  std::string method;
  std::string url;
  Headers headers;
  // At most one of the three.
  std::optional<std::string> body;
  std::optional<std::string> body_file;
  std::optional<Multipart> multipart;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<int> max_redirects;

  std::shared_ptr<const RequestConfig>
      config;  ///< null: nothing is set; shared by redirected requests

  std::shared_ptr<CookieJar> cookie_jar;  ///< null: the client's

  [[nodiscard]] const RequestConfig& options() const noexcept;

  friend bool operator==(const State& left, const State& right) noexcept {
    return left.method == right.method && left.url == right.url && left.headers == right.headers &&
           left.body == right.body && left.body_file == right.body_file &&
           left.multipart == right.multipart && left.timeout == right.timeout &&
           left.max_redirects == right.max_redirects && left.options() == right.options() &&
           left.cookie_jar == right.cookie_jar;
  }
};

}  // namespace async_http_pool
