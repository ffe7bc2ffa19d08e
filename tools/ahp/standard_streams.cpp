#include "standard_streams.hpp"

#include "message_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <system_error>

namespace ahp_tool {

void occupy_standard_streams() noexcept {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
    // open(2) gives the lowest number that is free; opened for the wrong direction, it is of no
    // use.
    static_cast<void>(::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

void print_result(std::string_view text) {
  // A disk that is full shows only when the buffer is emptied.
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot write to stdout");
}

void complain(std::string_view message) noexcept {
  try {
    const std::string line = fmt::format("ahp: {}\n", printable_text(message));
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
  } catch (const std::bad_alloc&) {
    std::fputs("ahp: out of memory\n", stderr);
  }
}

}  // namespace ahp_tool
