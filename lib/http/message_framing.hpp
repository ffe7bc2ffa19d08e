#pragma once

#include <async_http_pool/headers.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace async_http_pool {

/// Where the body of a response ends, by what its headers say (RFC 9112, section 6.3).
struct MessageFraming {
  /// There is a transfer-encoding: it counts, whatever a content-length says.
  bool is_coded = false;
  /// What content-length announces; `SIZE_MAX` for more than that.
  std::optional<std::size_t> length;
  /// Both: others may see another end of this body, and so the connection must not go on.
  bool is_ambiguous = false;
  /// Why the headers cannot be believed; empty: they can.
  std::string_view fault;
};

/// We never ask for a transfer coding, so `chunked` alone is one that may come. Who takes others,
/// or lengths that differ, sees another end of the body than the proxy next to it: that is how
/// responses are smuggled.
[[nodiscard]] MessageFraming framing_of(const Headers& headers) noexcept;

}  // namespace async_http_pool
