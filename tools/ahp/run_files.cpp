#include "run_files.hpp"

#include "usage_error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace ahp_tool {
namespace {

[[noreturn]] void fail(std::string_view what, std::string_view path) {
  throw UsageError(fmt::format("{} {}: {}", what, path, std::generic_category().message(errno)));
}

// Standard streams are copied, so that closing ours tells whether all of it was written.
OwnedDescriptor copy_standard_stream(int number, std::string_view name) {
  const int wrong_mode = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
  const int flags = ::fcntl(number, F_GETFL);
  if (flags != -1 && (flags & O_ACCMODE) == wrong_mode) {
    errno = EBADF;
    fail("cannot use", name);
  }
  OwnedDescriptor copy(::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  struct stat status {};
  if (copy.get() < 0) fail("cannot use", name);
  if (number == STDIN_FILENO && ::fstat(copy.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    fail("cannot read", name);
  }
  return copy;
}

bool is_same_file(int left, int right) {
  struct stat a {};
  struct stat b {};
  return ::fstat(left, &a) == 0 && ::fstat(right, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

bool is_regular_file(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

void check_requeue_is_not_output(const Settings& settings) {
  std::error_code error;
  const bool is_same =
      settings.output_path == settings.requeue_path ||
      std::filesystem::equivalent(settings.output_path, settings.requeue_path, error);
  if (is_same && !settings.output_path.empty()) {
    throw UsageError(fmt::format("--requeue: {} is the output", settings.requeue_path));
  }
}

}  // namespace

OwnedDescriptor open_input(const std::string& path) {
  if (path == "-") return copy_standard_stream(STDIN_FILENO, "stdin");
  OwnedDescriptor input = open_to_read(path);
  if (input.get() < 0) fail("cannot read", path);
  return input;
}

OwnedDescriptor open_output(const Settings& settings, int input) {
  const std::string& path = settings.output_path;
  if (path.empty()) return copy_standard_stream(STDOUT_FILENO, "stdout");
  constexpr mode_t mode = 0666;  // less the umask
  OwnedDescriptor output(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, mode));
  if (output.get() < 0) fail("--output: cannot write", path);
  if (is_regular_file(output.get()) && is_same_file(input, output.get())) {
    throw UsageError(fmt::format("--output: {} is the input", path));
  }
  return output;
}

void empty_output(const Settings& settings, const OwnedDescriptor& output) {
  if (!settings.output_path.empty() && is_regular_file(output.get()) &&
      ::ftruncate(output.get(), 0) != 0) {
    fail("--output: cannot empty", settings.output_path);
  }
}

RunFiles open_run_files(const std::string& input_path, const Settings& settings) {
  RunFiles files;
  files.input = open_input(input_path);
  files.output = open_output(settings, files.input.get());
  if (!settings.requeue_path.empty()) {
    check_requeue_is_not_output(settings);
    files.requeue = std::make_unique<RequeueFile>(settings.requeue_path);
  }
  empty_output(settings, files.output);
  return files;
}

}  // namespace ahp_tool
