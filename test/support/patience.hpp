#pragma once

#include <chrono>

namespace async_http_pool::test {

using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;

/// The deadline of everything that a test waits for: far beyond what a loaded machine under a
/// sanitizer needs, so that reaching it means failure.
inline constexpr std::chrono::milliseconds patience = 20s;

}  // namespace async_http_pool::test
