#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/response_future.hpp>

#include <functional>

namespace async_http_pool {

/// The rest of the chain around a request: the interceptors that come later, and the network. May
/// be copied, kept, and called several times (a retry) or not at all (an answer of one's own).
/// any-thread
using Next = std::function<ResponseFuture(Request request)>;

/// Stands around the requests of a client: may change a request, answer it, send it again, or look
/// at what becomes of it. See `Client::with_interceptor`. Redirects, retries of the library and
/// cookies happen behind all interceptors: one sees a request and its final response.
///
/// Best written as a coroutine:
///
///     ahp::ResponseFuture intercept(ahp::Request request, ahp::Next next) override {
///       {
///         ahp::StreamingResponse response = co_await next(request);
///         if (response.status() != 401) co_return response;
///       }  // what is left of it is not wanted, and a body source is free again
///       co_return co_await next(with_new_token(request));
///     }
class AHP_EXPORT Interceptor {
 public:
  virtual ~Interceptor();
  /// Called on the thread that sends, and possibly on several at once; what comes after a
  /// `co_await` runs on an agent thread or the executor of the request, and must not wait on the
  /// former. What it throws is what the request fails with. The interceptor outlives its requests.
  [[nodiscard]] virtual ResponseFuture intercept(Request request, Next next) = 0;
};

}  // namespace async_http_pool
