#pragma once

#include <chrono>

namespace async_http_pool {

/// The clock of all time-outs: monotonic, so that setting the system's time changes none.
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

/// The longest duration that nanoseconds can count, whole seconds of it: of what documents may say.
inline constexpr std::chrono::seconds duration_max{9223372036};

}  // namespace async_http_pool
