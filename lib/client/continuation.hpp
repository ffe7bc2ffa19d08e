#pragma once

#include <async_http_pool/executor.hpp>
#include <async_http_pool/logger.hpp>

#include <functional>
#include <memory>

namespace async_http_pool {

/// Has `continuation` called once on `executor`; here when that is null or throws. What it throws
/// is logged and stays here.
void run_continuation(const Executor& executor, const std::shared_ptr<Logger>& logger,
                      std::function<void()> continuation) noexcept;

}  // namespace async_http_pool
