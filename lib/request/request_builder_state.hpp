#pragma once

#include <async_http_pool/request.hpp>
#include "request/query_params.hpp"
#include "request/request_state.hpp"

namespace async_http_pool {

/// What a `RequestBuilder` has collected.
struct RequestBuilder::State {
  /// Which member has set the body; an empty `body` counts as none.
  enum class Body { none, body, json, body_file, form, multipart, body_source };

  /// Throws `std::invalid_argument` unless the method may have a body and none of another kind was
  /// set.
  void begin_body(Body kind);
  /// Completes `result` by the `content-type` of its body.
  void set_content_type(Request::State& result) const;

  Request::State request;
  QueryParams params;
  Body body = Body::none;
};

}  // namespace async_http_pool
