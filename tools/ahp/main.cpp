#include "bench_command.hpp"
#include "exit_status.hpp"
#include "fetch_command.hpp"
#include "message_text.hpp"
#include "process_usage.hpp"
#include "run_command.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <async_http_pool/version.hpp>

#include <exception>
#include <span>
#include <string>
#include <string_view>

namespace {

using ahp_tool::ExitStatus;
using ahp_tool::UsageError;

constexpr const char* usage = R"(usage: ahp COMMAND [options] ...

  run     make the HTTP requests of a file, one a line, and write their outcomes
  fetch   print results that "ahp run --store" put into a store
  bench   measure what a request costs

  --help     show this text
  --version  show the versions of this program and of the libraries it uses

"ahp run --help", "ahp fetch --help" and "ahp bench --help" tell all about a command: its options, its
input and output, its exit status.
)";

struct Command {
  std::string_view name;
  ExitStatus (*execute)(std::span<const char* const> words);
};

constexpr Command commands[] = {{"run", ahp_tool::run_command},
                                {"fetch", ahp_tool::fetch_command},
                                {"bench", ahp_tool::bench_command}};

ExitStatus execute(std::span<const char* const> words) {
  if (words.empty()) throw UsageError("a command is needed");
  const std::string_view name = words[0];
  if (name == "--help") {
    ahp_tool::print_result(usage);
    return ExitStatus::ok;
  }
  if (name == "--version") {
    ahp_tool::print_result(fmt::format("ahp {} ({})\n", async_http_pool::version(),
                                       async_http_pool::library_versions()));
    return ExitStatus::ok;
  }
  for (const Command& command : commands) {
    if (command.name == name) return command.execute(words.subspan(1));
  }
  throw UsageError(
      fmt::format("unknown {} {}", name.starts_with('-') ? "option" : "command", name));
}

// Which help answers a mistake: that of the command, when there is one.
std::string help_command(std::span<const char* const> words) {
  for (const Command& command : commands) {
    if (!words.empty() && command.name == words[0])
      return fmt::format("ahp {} --help", command.name);
  }
  return "ahp --help";
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<const char* const> words(argv + 1,
                                           static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
  ahp_tool::occupy_standard_streams();
  ahp_tool::raise_file_limit();
  try {
    return static_cast<int>(execute(words));
  } catch (const UsageError& error) {
    // A URL that stands in the wrong place is shown as something else.
    ahp_tool::complain(fmt::format("{}; see {}", ahp_tool::without_credentials(error.what()),
                                   help_command(words)));
    return static_cast<int>(ExitStatus::usage);
  } catch (const std::exception& error) {
    ahp_tool::complain(error.what());
    return static_cast<int>(ExitStatus::interrupted);
  }
}
