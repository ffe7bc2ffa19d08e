#include "client/default_headers.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool {

namespace {

bool has_credentials(const RequestConfig& config) noexcept {
  return config.username() || config.password() || config.bearer_token();
}

bool stands_for(const Request& request, std::string_view name) noexcept {
  if (request.headers().contains(name)) return true;
  if (name == "authorization") return has_credentials(request.config());
  return name == "content-type" && request.multipart().has_value();
}

void copy_body(const Request& request, RequestBuilder& builder) {
  if (request.body()) builder.body(std::string_view(*request.body()));
  if (request.body_file()) builder.body_file(*request.body_file());
  if (request.multipart()) builder.multipart(*request.multipart());
  if (request.body_source() != nullptr) builder.body_source(request.body_source());
}

}  // namespace

Request with_headers(const Request& request, const Headers& headers) {
  Headers all = request.headers();
  for (const auto& [name, value] : headers)
    if (!stands_for(request, name)) all.add(name, value);
  if (all.size() == request.headers().size()) return request;
  RequestBuilder builder = Request::builder(request.method(), request.url());
  builder.headers(all).config(request.config()).cookie_jar(request.cookie_jar());
  copy_body(request, builder);
  if (request.timeout()) builder.timeout(*request.timeout());
  if (request.max_redirects()) builder.max_redirects(*request.max_redirects());
  return builder.build();
}

DefaultHeaders::DefaultHeaders(Headers headers) : headers_(std::move(headers)) {
  Request::get("http://localhost/").headers(headers_);  // throws
}

ResponseFuture DefaultHeaders::intercept(Request request, Next next) {
  return next(with_headers(request, headers_));
}

}  // namespace async_http_pool
