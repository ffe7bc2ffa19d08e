#include <async_http_pool/body_reader.hpp>

#include <algorithm>
#include <ios>
#include <ostream>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/error.hpp>
#include <async_http_pool/response.hpp>
#include "base/clock.hpp"
#include "client/continuation.hpp"
#include "client/output_file.hpp"
#include "client/response_stream.hpp"

namespace async_http_pool {
namespace {

// Small enough that the next piece arrives while this one is written.
constexpr std::size_t piece_bytes_max = std::size_t{16} << 10;
// What a server announces is not believed beyond this.
constexpr std::size_t reserve_bytes_max = std::size_t{1} << 20;

/// Gives `take` all that is left, piece by piece; gives the transfer up when it throws.
template <typename Take>
std::uint64_t drain(ResponseStream* stream, Take take) {
  std::uint64_t total = 0;
  while (stream != nullptr) {
    const std::string_view piece = stream->peek(piece_bytes_max);
    if (piece.empty()) break;
    try {
      take(piece);
    } catch (...) {
      stream->cancel();
      throw;
    }
    stream->consume(piece.size());
    total += piece.size();
  }
  return total;
}

[[noreturn]] void refuse_large_body(const ResponseStream& stream, std::size_t limit) {
  const ResponseStream::Head& head = stream.head();
  ErrorContext context;
  context.url = head.url;
  context.method = head.method;
  context.request_id = head.request_id;
  context.metrics = stream.metrics();
  context.duration = context.metrics.total;
  throw RequestError(ErrorType::response_too_large, ErrorCode::body_too_large,
                     fmt::format("response body is larger than the limit of {} bytes", limit),
                     std::move(context));
}

TimePoint deadline_after(std::chrono::milliseconds timeout) noexcept {
  // Half of it, so that no clock runs over.
  const std::chrono::milliseconds timeout_max = duration_max / 2;
  return SteadyClock::now() + std::clamp(timeout, std::chrono::milliseconds(0), timeout_max);
}

}  // namespace

BodyReader::BodyReader() noexcept = default;
BodyReader::BodyReader(std::shared_ptr<ResponseStream> stream) noexcept
    : stream_(std::move(stream)) {}
BodyReader::BodyReader(BodyReader&&) noexcept = default;

BodyReader& BodyReader::operator=(BodyReader&& other) noexcept {
  BodyReader old(std::move(other));
  stream_.swap(old.stream_);
  return *this;
}

BodyReader::~BodyReader() {
  if (stream_ != nullptr) stream_->abandon();
}

std::size_t BodyReader::read(std::span<char> buffer) {
  return stream_ == nullptr ? 0 : stream_->read(buffer);
}

std::optional<std::size_t> BodyReader::read_for(std::span<char> buffer,
                                                std::chrono::milliseconds timeout) {
  if (stream_ == nullptr) return 0;
  // Nothing to wait for is in the past, whatever the clock says next.
  return stream_->read_until(buffer,
                             timeout.count() <= 0 ? TimePoint::min() : deadline_after(timeout));
}

BodyReader::ReadAwaiter BodyReader::read_async(std::span<char> buffer) noexcept {
  return {*this, buffer};
}

void BodyReader::when_readable(std::function<void()> callback) {
  if (callback == nullptr) throw std::invalid_argument("callback must not be empty");
  if (stream_ == nullptr) return run_continuation(nullptr, nullptr, std::move(callback));
  stream_->when_readable(std::move(callback));
}

bool BodyReader::is_readable() const noexcept {
  return stream_ == nullptr || stream_->is_readable();
}

std::string BodyReader::bytes(std::size_t limit) {
  std::string bytes;
  if (stream_ == nullptr) return bytes;
  if (const std::optional<std::uint64_t> size = stream_->head().body_bytes; size.has_value()) {
    const std::uint64_t left = *size - std::min(*size, stream_->position());
    if (left > limit) {
      stream_->cancel();
      refuse_large_body(*stream_, limit);
    }
    bytes.reserve(std::min(static_cast<std::size_t>(left), reserve_bytes_max));
  }
  drain(stream_.get(), [&](std::string_view piece) {
    if (piece.size() > limit - bytes.size()) refuse_large_body(*stream_, limit);
    bytes.append(piece);
  });
  return bytes;
}

std::string BodyReader::text(std::size_t limit) {
  if (stream_ == nullptr) return {};
  ResponseParts parts;
  parts.headers = stream_->head().headers;
  parts.body = bytes(limit);
  return Response(std::move(parts)).text();
}

Value BodyReader::json(std::size_t limit) { return Value::from_json(text(limit)); }

std::uint64_t BodyReader::copy_to(std::ostream& out) {
  const auto check = [&out] {
    if (!out) throw std::ios_base::failure("a response's body could not be written to its stream");
  };
  check();
  const std::uint64_t count = drain(stream_.get(), [&](std::string_view piece) {
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    check();
  });
  out.flush();
  check();
  return count;
}

std::uint64_t BodyReader::copy_to_file(std::string_view path) {
  OutputFile file{std::string(path)};
  const std::uint64_t count =
      drain(stream_.get(), [&](std::string_view piece) { file.write(piece); });
  file.close();
  return count;
}

std::uint64_t BodyReader::discard() {
  return drain(stream_.get(), [](std::string_view) {});
}

std::optional<std::uint64_t> BodyReader::size() const noexcept {
  if (stream_ == nullptr) return std::nullopt;
  return stream_->head().body_bytes;
}

std::uint64_t BodyReader::position() const noexcept {
  return stream_ == nullptr ? 0 : stream_->position();
}

void BodyReader::cancel() noexcept {
  if (stream_ != nullptr) stream_->cancel();
}

bool BodyReader::ReadAwaiter::await_ready() const noexcept {
  return buffer_.empty() || reader_.is_readable();
}

bool BodyReader::ReadAwaiter::await_suspend(std::coroutine_handle<> coroutine) {
  std::function<void()> resume = [coroutine] { coroutine.resume(); };
  // Once it is kept, this awaiter may be gone.
  return reader_.stream_->call_when_readable(resume);
}

std::size_t BodyReader::ReadAwaiter::await_resume() {
  return reader_.read_for(buffer_, std::chrono::milliseconds(0)).value();
}

}  // namespace async_http_pool
