#pragma once

#include <chrono>

namespace async_http_pool {

/// The clock of all time-outs: monotonic, so that setting the system's time changes none.
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

}  // namespace async_http_pool
