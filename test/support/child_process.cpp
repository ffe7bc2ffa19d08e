#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace async_http_pool::test {

namespace {

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  std::vector<std::string> arguments = options.arguments;
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  Pipe life = make_pipe();

  id_ = ::fork();
  if (id_ < 0) throw_errno("fork");
  if (id_ == 0) {
    // Only async-signal-safe calls from here on: other threads of the test may have held locks.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int output = ::open(options.output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::fcntl(life.writer.number(), F_SETFD, 0);
    ::execv(argument_pointers[0], argument_pointers.data());
    ::_exit(127);
  }
  ended_ = std::move(life.reader);
}

ChildProcess::~ChildProcess() {
  ::kill(id_, SIGTERM);
  if (!wait_for_end(5s)) ::kill(id_, SIGKILL);
  while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool ChildProcess::wait_for_end(std::chrono::milliseconds timeout) const {
  pollfd entry{.fd = ended_.number(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
}

}  // namespace async_http_pool::test
