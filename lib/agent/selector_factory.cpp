#include "agent/selector_factory.hpp"

#include "agent/poll_selector.hpp"

#if defined(__linux__)
#include "agent/epoll_selector.hpp"
#endif

namespace async_http_pool {

std::unique_ptr<Selector> make_selector(SelectorKind kind) {
#if defined(__linux__)
  if (kind != SelectorKind::poll) return std::make_unique<EpollSelector>();
#else
  static_cast<void>(kind);
#endif
  return std::make_unique<PollSelector>();
}

}  // namespace async_http_pool
