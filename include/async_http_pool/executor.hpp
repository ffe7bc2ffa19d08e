#pragma once

#include <functional>

namespace async_http_pool {

/// Where the continuations of futures and coroutines run: takes a function and has it called once,
/// now or later, on whatever thread it likes. Called on agent threads, so it must not wait; it is a
/// door to the application's own event loop or thread pool. When it throws, the function is called
/// on the agent thread instead. Null: on the agent thread.
///
/// The function that it gets does nothing when it is called once more. When it is destroyed without
/// a call, what it would have continued is lost: a callback and its response are destroyed, but a
/// coroutine waits for ever, and keeps all that it holds. So run what is left before you end.
using Executor = std::function<void(std::function<void()> continuation)>;

}  // namespace async_http_pool
