#pragma once

#include "support/certificates.hpp"
#include "support/running_processor.hpp"

namespace async_http_pool::test {

/// Trusts the authority of `certificates` and tries once.
[[nodiscard]] inline Configuration trusting() {
  return without_retries().set_ca_file(certificates().ca_file());
}

}  // namespace async_http_pool::test
