#pragma once

#include <string>
#include <utility>

namespace ahp_tool {

/// Owns a file descriptor.
class OwnedDescriptor {
 public:
  OwnedDescriptor() noexcept = default;
  explicit OwnedDescriptor(int number) noexcept : number_(number) {}
  ~OwnedDescriptor();
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;

  [[nodiscard]] int get() const noexcept { return number_; }
  /// Closes it and returns the error number: a full disk may show only now. 0 when all is well.
  [[nodiscard]] int close() noexcept;

 private:
  int number_ = -1;
};

/// Opens a file for reading; `errno` says why there is none. A folder is no file.
[[nodiscard]] OwnedDescriptor open_to_read(const std::string& path) noexcept;

/// Wakes a thread that sleeps in poll(2). Stays readable from `raise` to `clear`.
class Wakeup {
 public:
  /// Throws `std::system_error` when no descriptors are left.
  Wakeup();
  /// Any thread.
  void raise() noexcept;
  void clear() noexcept;
  /// Sleeps until it is raised.
  void wait() const noexcept;
  [[nodiscard]] int fd() const noexcept { return read_end_.get(); }

 private:
  OwnedDescriptor read_end_;
  OwnedDescriptor write_end_;
};

}  // namespace ahp_tool
