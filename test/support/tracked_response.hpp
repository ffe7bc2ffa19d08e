#pragma once

#include "client/response_stream.hpp"
#include "client/stream_access.hpp"

#include <async_http_pool/streaming_response.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace async_http_pool::test {

/// A response that is complete.
inline StreamingResponse answer(int status) {
  return StreamingResponse(Response({.status = status,
                                     .request_id = "id",
                                     .url = "http://server/",
                                     .method = "GET",
                                     .callback_args = {},
                                     .redirects = {}}));
}

/// A response whose body is still coming: `keeper` is let go when it is destroyed.
inline StreamingResponse streamed(std::shared_ptr<const void> keeper) {
  auto stream = std::make_shared<ResponseStream>(ResponseStream::Options());
  stream->start({.status = 200, .url = "http://server/", .method = "GET", .request_id = "id"});
  stream->keep(std::move(keeper));
  return StreamAccess::make(std::move(stream));
}

/// Something to be let go of.
class Kept {
 public:
  [[nodiscard]] std::shared_ptr<const void> hand_out() { return std::exchange(owner_, nullptr); }
  [[nodiscard]] bool is_gone() const noexcept { return watch_.expired(); }

 private:
  std::shared_ptr<const int> owner_ = std::make_shared<const int>(0);
  std::weak_ptr<const int> watch_ = owner_;
};

/// Counts how often it is asked to cancel.
struct CancelCount {
  std::atomic<int> count = 0;
  void cancel() noexcept { ++count; }
};

}  // namespace async_http_pool::test
