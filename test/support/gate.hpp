#pragma once

#include "support/descriptor.hpp"
#include "support/patience.hpp"

#include <mutex>

namespace async_http_pool::test {

/// Something that has happened or has not: closed at first, opened once and for all. Any thread.
///
/// It can be waited for by a thread, and by a poll loop through `descriptor`.
class Gate {
 public:
  Gate();

  void open();
  [[nodiscard]] bool is_open() const;
  /// Returns whether the gate is open; false only when `timeout` is over.
  [[nodiscard]] bool wait(std::chrono::milliseconds timeout = patience) const;
  /// Readable from the moment when the gate is open; not to be read.
  [[nodiscard]] int descriptor() const noexcept { return pipe_.reader.number(); }

 private:
  Pipe pipe_;
  mutable std::mutex mutex_;
  bool open_ = false;  // guarded by mutex_
};

}  // namespace async_http_pool::test
