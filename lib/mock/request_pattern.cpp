#include "mock/request_pattern.hpp"

#include "http/method.hpp"

namespace async_http_pool {

RequestPattern::RequestPattern(std::string_view method, std::string_view url)
    : method_(method == "*" ? std::string(method) : normalize_method(method)), url_(url) {}

bool RequestPattern::matches(const Request& request) const {
  return (method_ == "*" || method_ == request.method()) && url_.matches(request.url());
}

}  // namespace async_http_pool
