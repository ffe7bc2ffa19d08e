#include <async_http_pool/streaming_response.hpp>

#include <algorithm>
#include <utility>

#include "client/response_stream.hpp"
#include "client/stream_access.hpp"

namespace async_http_pool {
namespace {

/// Of a response that was moved from, nothing is known.
const ResponseStream::Head& head_of(const std::shared_ptr<ResponseStream>& stream) noexcept {
  static const ResponseStream::Head none;
  return stream == nullptr ? none : stream->head();
}

/// From the start of the last request, as far as metrics tell.
std::chrono::nanoseconds duration_of(const Metrics& metrics) noexcept {
  const Metrics::Microseconds before = std::max(metrics.redirect, metrics.queue);
  return std::max(metrics.total - before, Metrics::Microseconds(0));
}

}  // namespace

StreamingResponse::StreamingResponse(std::shared_ptr<ResponseStream> stream) noexcept
    : stream_(std::move(stream)), body_(StreamAccess::make_reader(stream_)) {}
StreamingResponse::StreamingResponse(const Response& response)
    : StreamingResponse(std::make_shared<ResponseStream>(response)) {}
StreamingResponse::~StreamingResponse() = default;
StreamingResponse::StreamingResponse(StreamingResponse&&) noexcept = default;
StreamingResponse& StreamingResponse::operator=(StreamingResponse&&) noexcept = default;

int StreamingResponse::status() const noexcept { return head_of(stream_).status; }
const Headers& StreamingResponse::headers() const noexcept { return head_of(stream_).headers; }
const std::string& StreamingResponse::url() const noexcept { return head_of(stream_).url; }
const std::string& StreamingResponse::method() const noexcept { return head_of(stream_).method; }

const std::string& StreamingResponse::request_id() const noexcept {
  return head_of(stream_).request_id;
}

const std::vector<std::string>& StreamingResponse::redirects() const noexcept {
  return head_of(stream_).redirects;
}

ProtocolVersion StreamingResponse::protocol() const noexcept {
  return head_of(stream_).metrics.protocol;
}

const std::optional<TlsInfo>& StreamingResponse::tls() const noexcept {
  return head_of(stream_).tls;
}

std::string_view StreamingResponse::content_type() const noexcept {
  return headers().get("content-type").value_or(std::string_view());
}

Metrics StreamingResponse::metrics() const {
  return stream_ == nullptr ? Metrics{} : stream_->metrics();
}

std::optional<Headers> StreamingResponse::trailers() const {
  if (stream_ == nullptr) return std::nullopt;
  return stream_->trailers();
}

Response StreamingResponse::complete(std::size_t limit) {
  const Response* const untouched = stream_ == nullptr ? nullptr : stream_->untouched_response();
  if (untouched != nullptr && untouched->body().size() <= limit) {
    body_.discard();
    return *untouched;
  }
  const ResponseStream::Head& head = head_of(stream_);
  ResponseParts parts;
  parts.status = head.status;
  parts.headers = head.headers;
  parts.body = body_.bytes(limit);
  parts.request_id = head.request_id;
  parts.url = head.url;
  parts.method = head.method;
  parts.redirects = head.redirects;
  parts.tls = head.tls;
  if (head.body_bytes == std::uint64_t{0} && parts.body->empty()) parts.body.reset();
  parts.trailers = trailers().value_or(Headers());
  parts.metrics = metrics();
  parts.duration = duration_of(parts.metrics);
  return Response(std::move(parts));
}

void StreamingResponse::cancel() noexcept {
  if (stream_ != nullptr) stream_->cancel();
}

}  // namespace async_http_pool
