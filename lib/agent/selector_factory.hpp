#pragma once

#include "agent/selector.hpp"

#include <async_http_pool/configuration.hpp>

#include <memory>

namespace async_http_pool {

/// A selector of `kind`; `automatic` is epoll on Linux and poll elsewhere. Throws
/// `std::system_error`.
[[nodiscard]] std::unique_ptr<Selector> make_selector(SelectorKind kind);

}  // namespace async_http_pool
