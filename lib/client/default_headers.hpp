#pragma once

#include <async_http_pool/headers.hpp>
#include <async_http_pool/interceptor.hpp>
#include <async_http_pool/request.hpp>

namespace async_http_pool {

/// `request` with those of `headers` that it does not have: what it says itself goes first, also by
/// its credentials and by a body that sets its own content type.
[[nodiscard]] Request with_headers(const Request& request, const Headers& headers);

/// Gives requests the headers of their client.
class DefaultHeaders final : public Interceptor {
 public:
  /// Throws like `RequestBuilder::headers`.
  explicit DefaultHeaders(Headers headers);
  [[nodiscard]] ResponseFuture intercept(Request request, Next next) override;

 private:
  const Headers headers_;
};

}  // namespace async_http_pool
