#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_config.hpp>

namespace async_http_pool {

/// The content that copies of a `Request` share.
struct Request::State {
  std::string method;
  std::string url;
  std::string origin;  ///< of the URL; set by `build`
  Headers headers;
  // At most one of the four, each null or none when it is not.
  std::shared_ptr<const std::optional<std::string>> body;  // shared by copies, also in the making
  std::optional<std::string> body_file;
  std::optional<Multipart> multipart;
  std::shared_ptr<BodySource> body_source;  // shared by copies, and redirected requests
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<int> max_redirects;

  std::shared_ptr<const RequestConfig>
      config;  ///< null: nothing is set; shared by redirected requests

  std::shared_ptr<CookieJar> cookie_jar;  ///< null: the client's

  void set_body(std::string&& bytes) {
    body = std::make_shared<const std::optional<std::string>>(std::move(bytes));
  }
  [[nodiscard]] const std::optional<std::string>& bytes() const noexcept;
  [[nodiscard]] const RequestConfig& options() const noexcept;

  friend bool operator==(const State& left, const State& right) noexcept {
    return left.method == right.method && left.url == right.url && left.headers == right.headers &&
           left.bytes() == right.bytes() && left.body_file == right.body_file &&
           left.multipart == right.multipart && left.body_source == right.body_source &&
           left.timeout == right.timeout && left.max_redirects == right.max_redirects &&
           left.options() == right.options() && left.cookie_jar == right.cookie_jar;
  }
};

}  // namespace async_http_pool
