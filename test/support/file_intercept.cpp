#include "support/file_intercept.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <utility>

namespace async_http_pool::test {

namespace {

thread_local FileIntercept* intercept = nullptr;
thread_local bool are_writes_short = false;

template <typename Function>
Function next_function(const char* name) noexcept {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

FileIntercept::FileIntercept(FileCall call, Action action)
    : call_(call), action_(std::move(action)) {
  intercept = this;
}

FileIntercept::~FileIntercept() { intercept = nullptr; }

/// What the action does itself is not asked about.
int ask_before(FileCall call) {
  FileIntercept* const current = intercept;
  if (current == nullptr || current->call_ != call || current->is_asking_) return 0;
  current->is_asking_ = true;
  const int error = current->action_();
  current->is_asking_ = false;
  return error;
}

ShortWrites::ShortWrites() noexcept { are_writes_short = true; }

ShortWrites::~ShortWrites() { are_writes_short = false; }

namespace {

/// Whether the call fails instead of being made.
bool fails(FileCall call) {
  const int error = ask_before(call);
  if (error != 0) errno = error;
  return error != 0;
}

}  // namespace

}  // namespace async_http_pool::test

using async_http_pool::test::fails;
using async_http_pool::test::FileCall;
using async_http_pool::test::next_function;

extern "C" ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static const auto next = next_function<decltype(&write)>("write");
  if (fails(FileCall::write)) return -1;
  const bool is_short = async_http_pool::test::are_writes_short;
  return next(descriptor, bytes, is_short ? std::min<std::size_t>(size, 1) : size);
}

extern "C" int fsync(int descriptor) {
  static const auto next = next_function<decltype(&fsync)>("fsync");
  return fails(FileCall::sync) ? -1 : next(descriptor);
}

extern "C" int close(int descriptor) {
  static const auto next = next_function<decltype(&close)>("close");
  const int result = next(descriptor);
  return fails(FileCall::close) ? -1 : result;
}

extern "C" int renameat(int old_directory, const char* old_name, int directory,
                        const char* name) noexcept {
  static const auto next = next_function<decltype(&renameat)>("renameat");
  return fails(FileCall::rename) ? -1 : next(old_directory, old_name, directory, name);
}

extern "C" int unlinkat(int directory, const char* name, int flags) noexcept {
  static const auto next = next_function<decltype(&unlinkat)>("unlinkat");
  return fails(FileCall::unlink) ? -1 : next(directory, name, flags);
}

/// With 64-bit offsets the header makes it `openat64`, for the library as well as here.
extern "C" int openat(int directory, const char* name, int flags, ...) {
  static const auto next = next_function<decltype(&openat)>("openat64");
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    std::va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  if (fails((flags & O_CREAT) != 0 ? FileCall::make : FileCall::open)) return -1;
  return next(directory, name, flags, mode);
}
