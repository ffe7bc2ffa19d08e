#include "base/fork_detector.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

enum Answer { no = 10, yes = 20, no_child = 30 };

Answer answer_of(const ForkDetector& detector) { return detector.is_forked() ? yes : no; }

/// What `question` answers in a forked child. The child does nothing else: other threads' locks may
/// be held in it for ever.
template <typename Question>
int ask_in_child(Question question) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(question());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return no_child;
  return WEXITSTATUS(status);
}

TEST_CASE("the process that made a fork detector is not forked, its children are") {
  const ForkDetector detector;
  CHECK_FALSE(detector.is_forked());
  CHECK(ask_in_child([&] { return answer_of(detector); }) == yes);
  CHECK_FALSE(detector.is_forked());
}

TEST_CASE("a child of a child is forked as well") {
  const ForkDetector detector;
  CHECK(ask_in_child([&] { return ask_in_child([&] { return answer_of(detector); }); }) == yes);
}

TEST_CASE("a detector that was made in a child belongs to the child") {
  CHECK(ask_in_child([] { return answer_of(ForkDetector()); }) == no);
}

}  // namespace
}  // namespace async_http_pool
