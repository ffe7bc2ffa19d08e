#include <async_http_pool/response.hpp>

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "http/media_type.hpp"
#include "http/method.hpp"
#include "http/status.hpp"

namespace async_http_pool {
namespace {

ResponseParts&& checked(ResponseParts&& parts) {
  if (parts.status < 0 || parts.status > status_max) {
    throw std::invalid_argument(
        fmt::format("status must be between 0 and {}, got: {}", status_max, parts.status));
  }
  if (parts.duration.count() < 0 || parts.duration > duration_max) {
    throw std::invalid_argument(fmt::format("duration must be between 0 and {} ns, got: {} ns",
                                            std::chrono::nanoseconds(duration_max).count(),
                                            parts.duration.count()));
  }
  if (!parts.method.empty() && !is_standard_method(parts.method))
    parts.method = normalize_method(parts.method);
  return std::move(parts);
}

}  // namespace

Response::Response(ResponseParts parts)
    : parts_(std::make_shared<const ResponseParts>(checked(std::move(parts)))) {}

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
const Headers& Response::trailers() const noexcept { return parts_->trailers; }
const Metrics& Response::metrics() const noexcept { return parts_->metrics; }
const std::optional<TlsInfo>& Response::tls() const noexcept { return parts_->tls; }

bool Response::is_json() const noexcept { return is_json_type(content_type()); }

}  // namespace async_http_pool
