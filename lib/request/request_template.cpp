#include <async_http_pool/request_template.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "base/printable.hpp"
#include "http/url.hpp"
#include "http/url_grammar.hpp"
#include "request/request_builder_state.hpp"

namespace async_http_pool {
namespace {

/// The base of relative references: a fragment is no part of it (RFC 3986, section 5.1).
std::optional<Url> parse_base(std::string_view text) {
  if (text.empty()) return std::nullopt;
  try {
    const Url url = Url::parse(text);
    return Url::parse(std::string_view(url.text()).substr(0, url.text().find('#')));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("base_").append(error.what()));  // "url must be ..."
  }
}

/// Unlike a `location`, which comes from a stranger and is put right, `reference` is the
/// application's: what it could not have written in a whole URL is refused here too.
void check_reference(std::string_view reference) {
  if (!std::ranges::all_of(reference, is_url_character)) {
    throw std::invalid_argument(
        "url must be free of spaces and of characters that RFC 3986 does not allow, got: " +
        quoted(redact_url(reference)));
  }
  for (std::size_t i = 0; (i = reference.find('%', i)) != std::string_view::npos; ++i) {
    if (percent_escape(reference.substr(i)).has_value()) continue;
    throw std::invalid_argument("url has a % that begins no percent escape, got: " +
                                quoted(redact_url(reference)));
  }
}

/// "users:1" is of the scheme "users" to RFC 3986, and "12:30" is nothing (section 4.2).
void check_first_segment(std::string_view reference) {
  const UrlParts parts = split_url(reference);
  if (parts.authority.has_value()) return;
  if (!parts.scheme && parts.path.substr(0, parts.path.find('/')).find(':') == std::string::npos)
    return;
  throw std::invalid_argument(
      "url must not have a colon in the first segment of a relative reference, write ./ before it, "
      "got: " +
      quoted(redact_url(reference)));
}

}  // namespace

struct RequestTemplate::State {
  std::optional<Url> base;
  Headers headers;
  QueryParams params;
  std::optional<std::chrono::milliseconds> timeout;
};

RequestTemplate::RequestTemplate(RequestTemplateOptions options) {
  RequestBuilder checked = Request::get("http://localhost/");  // what it takes, a request may have
  checked.headers(options.headers);
  if (options.timeout) checked.timeout(*options.timeout);
  state_ = std::make_shared<const State>(State{.base = parse_base(options.base_url),
                                               .headers = std::move(options.headers),
                                               .params = QueryParams::of_template(options.params),
                                               .timeout = options.timeout});
}

RequestBuilder RequestTemplate::get(std::string_view uri) const { return builder("GET", uri); }
RequestBuilder RequestTemplate::head(std::string_view uri) const { return builder("HEAD", uri); }
RequestBuilder RequestTemplate::post(std::string_view uri) const { return builder("POST", uri); }
RequestBuilder RequestTemplate::put(std::string_view uri) const { return builder("PUT", uri); }
RequestBuilder RequestTemplate::patch(std::string_view uri) const { return builder("PATCH", uri); }
RequestBuilder RequestTemplate::delete_(std::string_view uri) const {
  return builder("DELETE", uri);
}
RequestBuilder RequestTemplate::options(std::string_view uri) const {
  return builder("OPTIONS", uri);
}

RequestBuilder RequestTemplate::builder(std::string_view method, std::string_view uri) const {
  check_reference(uri);
  if (state_->base) check_first_segment(uri);
  RequestBuilder builder(method, state_->base ? state_->base->resolve(uri).text() : uri);
  builder.state_->request.headers = state_->headers;
  builder.state_->request.timeout = state_->timeout;
  builder.state_->params = state_->params;
  return builder;
}

}  // namespace async_http_pool
