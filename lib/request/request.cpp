#include <async_http_pool/request.hpp>

#include <utility>

#include "request/request_state.hpp"

namespace async_http_pool {

Request::Request(std::shared_ptr<const State> state) noexcept : state_(std::move(state)) {}

RequestBuilder Request::get(std::string_view url) { return builder("GET", url); }
RequestBuilder Request::head(std::string_view url) { return builder("HEAD", url); }
RequestBuilder Request::post(std::string_view url) { return builder("POST", url); }
RequestBuilder Request::put(std::string_view url) { return builder("PUT", url); }
RequestBuilder Request::patch(std::string_view url) { return builder("PATCH", url); }
RequestBuilder Request::delete_(std::string_view url) { return builder("DELETE", url); }
RequestBuilder Request::options(std::string_view url) { return builder("OPTIONS", url); }

RequestBuilder Request::builder(std::string_view method, std::string_view url) {
  return RequestBuilder(method, url);
}

const std::string& Request::method() const noexcept { return state_->method; }
const std::string& Request::url() const noexcept { return state_->url; }
const std::string& Request::origin() const noexcept { return state_->origin; }
const Headers& Request::headers() const noexcept { return state_->headers; }
const std::optional<std::string>& Request::body() const noexcept { return state_->bytes(); }
const std::optional<std::string>& Request::body_file() const noexcept { return state_->body_file; }
const std::optional<Multipart>& Request::multipart() const noexcept { return state_->multipart; }
const std::shared_ptr<BodySource>& Request::body_source() const noexcept {
  return state_->body_source;
}
const std::shared_ptr<CookieJar>& Request::cookie_jar() const noexcept {
  return state_->cookie_jar;
}
std::optional<std::chrono::milliseconds> Request::timeout() const noexcept {
  return state_->timeout;
}
std::optional<int> Request::max_redirects() const noexcept { return state_->max_redirects; }

const RequestConfig& Request::config() const noexcept { return state_->options(); }

const std::optional<std::string>& Request::State::bytes() const noexcept {
  static const std::optional<std::string>& none = *new std::optional<std::string>;  // as below
  return body == nullptr ? none : *body;
}

const RequestConfig& Request::State::options() const noexcept {
  // Never destroyed: an agent may still run when the process ends.
  static const RequestConfig& none = *new RequestConfig;
  return config == nullptr ? none : *config;
}

bool operator==(const Request& left, const Request& right) noexcept {
  return left.state_ == right.state_ || *left.state_ == *right.state_;
}

}  // namespace async_http_pool
