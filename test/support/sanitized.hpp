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

/// Whether AddressSanitizer does, which keeps memory that was given back.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_address_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_address_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool is_address_sanitized = false;
#endif

inline constexpr bool is_sanitized = is_thread_sanitized || is_address_sanitized;

}  // namespace async_http_pool::test
