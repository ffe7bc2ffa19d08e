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

/// Ten years, as for all options that last: longer is a mistake in the unit, and must not overflow
/// a deadline.
constexpr std::chrono::milliseconds timeout_max = std::chrono::hours(24 * 3650);

void check_header(std::string_view name, std::string_view value) {
  const std::string lower = to_lower(name);
  if (is_reserved_header(lower))
    throw std::invalid_argument(fmt::format("header \"{}\" is set by the library", lower));
  // The value may be a secret and stays out of the message.
  if (!is_utf8(value))
    throw std::invalid_argument(fmt::format("value of header \"{}\" is not UTF-8", lower));
}

/// Credentials are given once: which of two would be sent is nothing to guess.
void check_credentials(const Headers& headers, const RequestConfig& config) {
  const auto is_filled = [](const std::optional<std::string>& text) {
    return text.has_value() && !text->empty();
  };
  const bool has_name = is_filled(config.username()) || is_filled(config.password());
  if (is_filled(config.bearer_token()) && has_name)
    throw std::invalid_argument("cannot provide both bearer_token and username or password");
  if ((is_filled(config.bearer_token()) || has_name) && headers.contains("authorization"))
    throw std::invalid_argument("cannot provide both credentials and an authorization header");
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
        fmt::format("timeout must be between 1 ms and ten years, got: {} ms", value.count()));
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
  if (value.max_redirects()) max_redirects(*value.max_redirects());
  RequestConfig merged = value.over(request.options());
  // A request has members of its own for these, and there is one place for each.
  merged.timeout_.reset();
  merged.max_redirects_.reset();
  request.config = merged.empty() ? nullptr : std::make_shared<const RequestConfig>(merged);
  return *this;
}

RequestBuilder& RequestBuilder::cookie_jar(std::shared_ptr<CookieJar> value) noexcept {
  state_->request.cookie_jar = std::move(value);
  return *this;
}

Request RequestBuilder::build() const {
  auto result = std::make_shared<Request::State>(state_->request);
  check_credentials(result->headers, result->options());
  if (const std::optional<std::string> query = state_->params.text())
    result->url = Url::parse(with_query(result->url, *query)).text();
  result->origin = origin_of(result->url);
  state_->set_content_type(*result);
  return Request(std::move(result));
}

}  // namespace async_http_pool
