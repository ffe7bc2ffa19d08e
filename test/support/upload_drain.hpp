#pragma once

#include "support/descriptor.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace async_http_pool::test {

/// A server in a process of its own that takes in bodies, of known length or in chunks, and answers
/// with the number of their bytes: what it takes is not this process's memory. On a free port of
/// 127.0.0.1, one connection after the other. It ends with the test.
class UploadDrain {
 public:
  /// Throws `std::system_error`.
  UploadDrain();
  ~UploadDrain();
  UploadDrain(const UploadDrain&) = delete;
  UploadDrain& operator=(const UploadDrain&) = delete;

  [[nodiscard]] std::string url() const;

 private:
  Descriptor listener_;
  const std::uint16_t port_;
  pid_t id_ = -1;
};

}  // namespace async_http_pool::test
