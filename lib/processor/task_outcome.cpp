#include <async_http_pool/synchronous_executor.hpp>

#include <utility>

namespace async_http_pool {

TaskOutcome::TaskOutcome(Response response) : response_(std::move(response)) {}

TaskOutcome::TaskOutcome(const Error& error) : error_(error.clone()) {}

const Response* TaskOutcome::response() const noexcept { return response_ ? &*response_ : nullptr; }

}  // namespace async_http_pool
