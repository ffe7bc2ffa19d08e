#pragma once

#include <async_http_pool/streaming_response.hpp>

#include <memory>
#include <utility>

namespace async_http_pool {

/// Makes responses of streams, and looks into them.
class StreamAccess {
 public:
  /// Once for each stream, when it has started.
  [[nodiscard]] static StreamingResponse make(std::shared_ptr<ResponseStream> stream) noexcept {
    return StreamingResponse(std::move(stream));
  }
  [[nodiscard]] static BodyReader make_reader(std::shared_ptr<ResponseStream> stream) noexcept {
    return BodyReader(std::move(stream));
  }
  /// Null when it was moved from.
  [[nodiscard]] static const std::shared_ptr<ResponseStream>& stream(
      const StreamingResponse& response) noexcept {
    return response.stream_;
  }
  /// What is read. Null when its reader was moved from.
  [[nodiscard]] static const std::shared_ptr<ResponseStream>& stream(
      const BodyReader::ReadAwaiter& awaiter) noexcept {
    return awaiter.reader_.stream_;
  }
};

}  // namespace async_http_pool
