#pragma once

#include "config/effective_options.hpp"
#include "http/ip_address.hpp"
#include "response/transfer_failure.hpp"

#include <optional>
#include <string_view>

#include <sys/socket.h>

namespace async_http_pool {

// What `deny_private_addresses` means for a transfer. A name is nothing to go by: only the address
// that a connection is made to cannot be talked round.

/// Why a request for `url` must not begin: something other than this library would choose the
/// address.
[[nodiscard]] std::optional<TransferFailure> objection_to_request(const EffectiveOptions& options,
                                                                  std::string_view url);
/// Whether the addresses of connections for `url` are looked at: not that of a proxy that the
/// client named for all its requests. Were it in `allowed_addresses`, any URL could name it, too.
[[nodiscard]] bool is_guarded(const EffectiveOptions& options, std::string_view url);
/// Why a connection to `address` must not be made.
[[nodiscard]] std::optional<TransferFailure> objection_to_address(const EffectiveOptions& options,
                                                                  const sockaddr& address);
/// The same for a connection that stands; `address` is a text, or what is none.
[[nodiscard]] std::optional<TransferFailure> objection_to_address(const EffectiveOptions& options,
                                                                  std::string_view address);

}  // namespace async_http_pool
