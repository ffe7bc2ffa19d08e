#pragma once

#include "mock/url_pattern.hpp"

#include <async_http_pool/request.hpp>

#include <string>
#include <string_view>

namespace async_http_pool {

/// A method and a URL with stars, see `MockTransport::on`. An immutable value.
class RequestPattern {
 public:
  /// Throws `std::invalid_argument` for what no request can match.
  RequestPattern(std::string_view method, std::string_view url);

  [[nodiscard]] bool matches(const Request& request) const;
  /// "GET https://api.example.com/*"
  [[nodiscard]] std::string text() const { return method_ + ' ' + url_.text(); }

 private:
  std::string method_;  // "*": any
  UrlPattern url_;
};

}  // namespace async_http_pool
