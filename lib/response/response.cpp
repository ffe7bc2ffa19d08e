#include <async_http_pool/response.hpp>

#include <utility>

#include "http/media_type.hpp"

namespace async_http_pool {

Response::Response(ResponseParts parts)
    : parts_(std::make_shared<const ResponseParts>(std::move(parts))) {}

int Response::status() const noexcept { return parts_->status; }
const Headers& Response::headers() const noexcept { return parts_->headers; }

const std::string& Response::body() const noexcept {
  static const std::string none;
  return parts_->body.has_value() ? *parts_->body : none;
}

bool Response::has_body() const noexcept { return parts_->body.has_value(); }
std::chrono::nanoseconds Response::duration() const noexcept { return parts_->duration; }
const std::string& Response::request_id() const noexcept { return parts_->request_id; }
const std::string& Response::url() const noexcept { return parts_->url; }
const std::string& Response::method() const noexcept { return parts_->method; }
const CallbackArgs& Response::callback_args() const noexcept { return parts_->callback_args; }
const std::vector<std::string>& Response::redirects() const noexcept { return parts_->redirects; }

std::string_view Response::content_type() const noexcept {
  return parts_->headers.get("content-type").value_or(std::string_view());
}

bool Response::is_json() const noexcept { return is_json_type(content_type()); }

}  // namespace async_http_pool
