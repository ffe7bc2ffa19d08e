#pragma once

#include <async_http_pool/request.hpp>
#include "request/query_params.hpp"
#include "request/request_state.hpp"

namespace async_http_pool {

/// What a `RequestBuilder` has collected.
struct RequestBuilder::State {
  Request::State request;
  QueryParams params;
  bool is_json = false;
};

}  // namespace async_http_pool
