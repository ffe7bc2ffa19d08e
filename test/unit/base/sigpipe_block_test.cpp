#include "base/sigpipe_block.hpp"

#include <cerrno>
#include <csignal>
#include <string>

#include <unistd.h>

#include "support/catch.hpp"
#include "support/descriptor.hpp"
#include "support/forked_child.hpp"

namespace async_http_pool {
namespace {

int write_to_closed_pipe() {
  test::Pipe pipe = test::make_pipe();
  pipe.reader.close();
  return ::write(pipe.writer.number(), "x", 1) < 0 ? errno : 0;
}

bool is_sigpipe_pending() {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGPIPE) == 1;
}

void set_sigpipe_mask(int how) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(how, &set, nullptr);
}

bool is_sigpipe_blocked() {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return ::sigismember(&mask, SIGPIPE) == 1;
}

int use_block_with_default_disposition() {
  ::signal(SIGPIPE, SIG_DFL);
  set_sigpipe_mask(SIG_UNBLOCK);
  for (int round = 0; round < 3; ++round) {
    const SigpipeBlock block;
    if (write_to_closed_pipe() != EPIPE || !is_sigpipe_pending()) return 1;
  }
  return is_sigpipe_pending() || is_sigpipe_blocked() ? 2 : 0;
}

int use_block_with_pending_signal() {
  ::signal(SIGPIPE, SIG_DFL);
  set_sigpipe_mask(SIG_BLOCK);
  ::raise(SIGPIPE);
  {
    const SigpipeBlock block;
    if (write_to_closed_pipe() != EPIPE) return 1;
  }
  if (!is_sigpipe_pending() || !is_sigpipe_blocked()) return 2;
  set_sigpipe_mask(SIG_UNBLOCK);  // ends the process
  return 3;
}

TEST_CASE("a write to a closed pipe raises no SIGPIPE while it is blocked, nor after") {
  CHECK(test::run_forked([] {
          ::signal(SIGPIPE, SIG_DFL);
          set_sigpipe_mask(SIG_UNBLOCK);
          return write_to_closed_pipe();
        }) == "signal " + std::to_string(SIGPIPE));
  CHECK(test::run_forked(use_block_with_default_disposition) == "exit 0");
}

TEST_CASE("a SIGPIPE that was pending before stays the application's") {
  CHECK(test::run_forked(use_block_with_pending_signal) == "signal " + std::to_string(SIGPIPE));
}

TEST_CASE("blocking SIGPIPE leaves errno alone") {
  errno = EBADF;
  {
    const SigpipeBlock block;
    errno = EPIPE;
  }
  CHECK(errno == EPIPE);
}

}  // namespace
}  // namespace async_http_pool
