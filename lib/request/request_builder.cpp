#include <async_http_pool/request.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "http/ascii.hpp"
#include "http/method.hpp"
#include "http/url.hpp"
#include "request/request_builder_state.hpp"
#include "request/reserved_headers.hpp"

namespace async_http_pool {
namespace {

/// A year: longer is a mistake in the unit, and must not overflow a deadline.
constexpr std::chrono::milliseconds timeout_max = std::chrono::hours(24 * 365);

void check_header(std::string_view name, std::string_view value) {
  const std::string lower = to_lower(name);
  if (is_reserved_header(lower))
    throw std::invalid_argument(fmt::format("header \"{}\" is set by the library", lower));
  // The value may be a secret and stays out of the message.
  if (!is_utf8(value))
    throw std::invalid_argument(fmt::format("value of header \"{}\" is not UTF-8", lower));
}

void check_body_allowed(const std::string& method) {
  if (!allows_body(method)) {
    throw std::invalid_argument(fmt::format("body is not allowed for {} requests", method));
  }
}

/// `url` with `query` behind its own query and before its fragment.
std::string with_query(const std::string& url, std::string_view query) {
  const std::size_t fragment = std::min(url.find('#'), url.size());
  std::string result = url.substr(0, fragment);
  if (result.find('?') == std::string::npos) {
    result += '?';
  } else if (result.back() != '?' && result.back() != '&') {
    result += '&';
  }
  return result.append(query).append(url, fragment);
}

}  // namespace

RequestBuilder::RequestBuilder(std::string_view method, std::string_view url)
    : state_(std::make_unique<State>()) {
  state_->request.method = normalize_method(method);
  state_->request.url = Url::parse(url).text();
}

RequestBuilder::~RequestBuilder() = default;
RequestBuilder::RequestBuilder(RequestBuilder&&) noexcept = default;
RequestBuilder& RequestBuilder::operator=(RequestBuilder&&) noexcept = default;

RequestBuilder& RequestBuilder::header(std::string_view name, std::string_view value) {
  check_header(name, value);
  state_->request.headers.set(name, value);
  return *this;
}

RequestBuilder& RequestBuilder::headers(const Headers& headers) {
  for (const auto& [name, value] : headers) check_header(name, value);
  for (const auto& [name, value] : headers) state_->request.headers.remove(name);
  for (const auto& [name, value] : headers) state_->request.headers.add(name, value);
  return *this;
}

RequestBuilder& RequestBuilder::body(std::string_view bytes) {
  Request::State& request = state_->request;
  if (bytes.empty()) {
    if (!state_->is_json) request.body.reset();
    return *this;
  }
  check_body_allowed(request.method);
  if (state_->is_json) throw std::invalid_argument("cannot provide both body and json");
  request.body = bytes;
  return *this;
}

RequestBuilder& RequestBuilder::json(const Value& value) {
  Request::State& request = state_->request;
  check_body_allowed(request.method);
  if (request.body.has_value() && !state_->is_json) {
    throw std::invalid_argument("cannot provide both body and json");
  }
  request.body = value.to_json();
  state_->is_json = true;
  return *this;
}

RequestBuilder& RequestBuilder::param(std::string_view name, std::string_view value) {
  state_->params.add(name, value);
  return *this;
}

RequestBuilder& RequestBuilder::params(const Value& object) {
  state_->params.add(object);
  return *this;
}

RequestBuilder& RequestBuilder::timeout(std::chrono::milliseconds value) {
  if (value.count() < 1 || value > timeout_max) {
    throw std::invalid_argument(
        fmt::format("timeout must be between 1 ms and 365 days, got: {} ms", value.count()));
  }
  state_->request.timeout = value;
  return *this;
}

RequestBuilder& RequestBuilder::max_redirects(int value) {
  if (value < 0)
    throw std::invalid_argument(fmt::format("max_redirects must not be negative, got: {}", value));
  state_->request.max_redirects = value;
  return *this;
}

RequestBuilder& RequestBuilder::config(const RequestConfig& value) {
  if (value.empty()) return *this;
  Request::State& request = state_->request;
  if (value.timeout()) timeout(*value.timeout());
  if (value.max_redirects()) request.max_redirects = value.max_redirects();
  request.config = std::make_shared<const RequestConfig>(value.over(request.options()));
  return *this;
}

Request RequestBuilder::build() const {
  auto result = std::make_shared<Request::State>(state_->request);
  if (const std::optional<std::string> query = state_->params.text())
    result->url = Url::parse(with_query(result->url, *query)).text();
  if (state_->is_json && !result->headers.contains("content-type")) {
    // "encoding" instead of "charset" is what the original sends, and JSON has no charset (RFC
    // 8259, 11).
    result->headers.set("content-type", "application/json; encoding=utf-8");
  }
  return Request(std::move(result));
}

}  // namespace async_http_pool
