#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

namespace async_http_pool::test {

constexpr unsigned child_seconds_max = 60;  // then SIGALRM ends it

/// How a child ended: "exit 0", "signal 14".
inline std::string wait_for_child(pid_t id) {
  int status = 0;
  while (::waitpid(id, &status, 0) < 0) {
    if (errno != EINTR) return "lost";
  }
  return WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status))
                           : "signal " + std::to_string(WTERMSIG(status));
}

/// Runs `action` in a forked child, which ends with what it returns.
inline std::string run_forked(const std::function<int()>& action) {
  const pid_t id = ::fork();
  if (id == 0) {
    ::alarm(child_seconds_max);
    ::_exit(action());
  }
  return wait_for_child(id);
}

/// Runs another test case of this program, a hidden one, in a fresh process.
inline std::string run_test_case(const std::string& title) {
  std::vector<std::string> arguments = {"/proc/self/exe", title};
  char* const pointers[] = {arguments[0].data(), arguments[1].data(), nullptr};
  const pid_t id = ::fork();
  if (id == 0) {
    ::alarm(child_seconds_max);
    ::execv(pointers[0], pointers);
    ::_exit(127);
  }
  return wait_for_child(id);
}

}  // namespace async_http_pool::test
