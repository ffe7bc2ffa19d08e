#pragma once

struct ssl_st;

namespace async_http_pool {

// Whoever sits between two peers can end their connection, and so cut off a response that has no
// length; only its sender can say that this is the end (close_notify: RFC 8446, section 6.1).

/// Keeps connections of `context`, an SSL_CTX of our own OpenSSL, from taking any end for that one.
void demand_close_notify(void* context) noexcept;

/// Whether the peer said so.
[[nodiscard]] bool has_close_notify(const ssl_st& session) noexcept;

}  // namespace async_http_pool
