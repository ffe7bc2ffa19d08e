#pragma once

#include <functional>

namespace async_http_pool::test {

/// A call of the system's by which the library works on files.
enum class FileCall { open, make, write, sync, close, rename, unlink };

/// While it lives, asks `action` before each such call of this thread: it returns 0 to let the call
/// happen, or the `errno` that it fails with. By functions of the test program's own, which take
/// the place of libc's.
///
/// `open` is an openat without O_CREAT, `make` is one with it. Closing happens all the same. One at
/// a time in each thread.
class FileIntercept {
 public:
  using Action = std::function<int()>;

  FileIntercept(FileCall call, Action action);
  ~FileIntercept();
  FileIntercept(const FileIntercept&) = delete;
  FileIntercept& operator=(const FileIntercept&) = delete;

 private:
  friend int ask_before(FileCall call);

  const FileCall call_;
  const Action action_;
  bool is_asking_ = false;
};

/// While it lives, each `write` of this thread writes one byte at most.
class ShortWrites {
 public:
  ShortWrites() noexcept;
  ~ShortWrites();
  ShortWrites(const ShortWrites&) = delete;
  ShortWrites& operator=(const ShortWrites&) = delete;
};

}  // namespace async_http_pool::test
