#include "client/thrown_error.hpp"

namespace async_http_pool {
namespace {

template <typename Type>
void throw_if(const Error& error) {
  if (const auto* const typed = dynamic_cast<const Type*>(&error)) throw Type(*typed);
}

}  // namespace

void throw_error(const Error& error) {
  throw_if<RequestError>(error);
  throw_if<ClientError>(error);
  throw_if<ServerError>(error);
  throw_if<HttpError>(error);
  throw_if<TooManyRedirectsError>(error);
  throw_if<RecursiveRedirectError>(error);
  // Of a class that is not ours.
  throw RequestError(ErrorType::unknown, ErrorCode::internal, error.message(),
                     {.url = error.url(),
                      .method = error.method(),
                      .request_id = error.request_id(),
                      .duration = error.duration(),
                      .callback_args = error.callback_args(),
                      .metrics = error.metrics(),
                      .cause = error.cause()});
}

}  // namespace async_http_pool
