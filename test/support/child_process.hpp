#pragma once

#include "support/descriptor.hpp"
#include "support/patience.hpp"

#include <sys/types.h>
#include <string>
#include <vector>

namespace async_http_pool::test {

/// What a child process is started with.
struct ChildOptions {
  std::vector<std::string> arguments;  ///< the program's full name comes first
  std::string output_file;             ///< where stdout and stderr go
};

/// A program that runs beside the test, and ends with it or before.
class ChildProcess {
 public:
  /// Throws `std::system_error` when there can be no process.
  explicit ChildProcess(const ChildOptions& options);
  /// SIGTERM, and SIGKILL when it does not end in time.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  /// Whether it ended, at the latest when `timeout` is over.
  [[nodiscard]] bool wait_for_end(std::chrono::milliseconds timeout) const;

 private:
  pid_t id_ = -1;
  Descriptor ended_;  // the reading end of a pipe that only the child holds open
};

}  // namespace async_http_pool::test
