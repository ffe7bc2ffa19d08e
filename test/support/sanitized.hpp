#pragma once

namespace async_http_pool::test {

/// Whether ThreadSanitizer looks on, which makes everything many times slower.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool is_thread_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_thread_sanitized = __has_feature(thread_sanitizer);
#else
inline constexpr bool is_thread_sanitized = false;
#endif

}  // namespace async_http_pool::test
