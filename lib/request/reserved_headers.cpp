#include "request/reserved_headers.hpp"

#include <algorithm>
#include <array>

namespace async_http_pool {
namespace {

constexpr std::array<std::string_view, 10> reserved_headers = {
    "connection", "content-length",    "expect", "host", "keep-alive", "proxy-connection", "te",
    "trailer",    "transfer-encoding", "upgrade"};

}  // namespace

bool is_reserved_header(std::string_view name) noexcept {
  return std::ranges::find(reserved_headers, name) != reserved_headers.end();
}

}  // namespace async_http_pool
