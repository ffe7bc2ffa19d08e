#pragma once

#include "base/clock.hpp"

#include <memory>
#include <string>

#include <netdb.h>

namespace async_http_pool {

struct AddressListFree {
  void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListFree>;

struct NameLookup {
  AddressList addresses;  ///< of stream sockets; null when there is a problem
  std::string problem;
};

/// The addresses of a host, which may be given as one, by getaddrinfo(3). That has no time limit of
/// its own, so names are looked up on a thread that is left to itself when `deadline` is over; it
/// ends with what the system's resolver allows. Throws `std::bad_alloc` only. any-thread
[[nodiscard]] NameLookup look_up_host(const std::string& host, int port, TimePoint deadline);

}  // namespace async_http_pool
