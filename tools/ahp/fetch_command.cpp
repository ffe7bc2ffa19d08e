#include "fetch_command.hpp"

#include "command_line.hpp"
#include "line_reader.hpp"
#include "option_tables.hpp"
#include "payload_fetch.hpp"
#include "payload_line.hpp"
#include "run_files.hpp"
#include "standard_streams.hpp"
#include "stored_payloads.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <async_http_pool/exceptions.hpp>

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::ParseError;

constexpr const char* head = R"(usage: ahp fetch [options] REF|-

Prints what a reference stands for: the JSON of a result that "ahp run --store" put into a store.

REF is {"$ref":{"store":...,"key":...}}, or a line of the output of "ahp run" whose result is one; a
line is printed with the result in the reference's place. With - such lines are read from stdin and
answered in their order, all others are passed on as they are, so that

  ahp run --store URL ... | ahp fetch -

prints what "ahp run" alone would. A reference names its store; what it needs besides comes from
--store, AHP_REDIS_PASSWORD or AWS_ACCESS_KEY_ID and the like, as for "ahp run". Those are sent to the
store that the reference names: for references of unknown origin, give --store. All of a URL but
credentials and ttl is the name of a store: endpoint, region, style and ca_file, too, must be given as
"ahp run" had them.

Options:
)";

constexpr const char* tail = R"(
A reference whose payload is missing, damaged or cannot be fetched is told on stderr; with - its line is
passed on as it is, so that nothing is lost. A payload with line feeds is printed without white space.
Up to 8 lines are read ahead. A store that did not answer 3 times in a row is only asked again after 5
seconds, then after pauses that double up to 60; references to it fail at once in the meantime.

Exit status: 0 all was found, 1 something was missing or failed, 2 wrong usage, 3 the output cannot
be written.
)";

constexpr std::size_t line_bytes_max = std::size_t{64} << 20;

bool is_reference(const std::string& text) {
  try {
    return find_reference(read_output_line(text)) != nullptr;
  } catch (const ParseError&) {
    return false;
  }
}

}  // namespace

ExitStatus fetch_command(std::span<const char* const> words) {
  const CommandLine command_line = parse_command_line(fetch_options(), words);
  const Settings settings = make_settings(fetch_options(), command_line);
  if (settings.wants_help) {
    print_result(fmt::format("{}{}{}", head, describe_options(fetch_options()), tail));
    return ExitStatus::ok;
  }
  if (command_line.operands.size() != 1) throw UsageError("one REF is needed, or - for stdin");
  const std::string& operand = command_line.operands[0];
  const bool reads_stdin = operand == "-";
  if (!reads_stdin && !is_reference(operand))
    throw UsageError(R"(REF must be {"$ref":{"store":...,"key":...}})");
  OwnedDescriptor input = reads_stdin ? open_input(operand) : OwnedDescriptor();
  OwnedDescriptor output = open_output(settings, input.get());
  StoredPayloads payloads(settings.store);
  empty_output(settings, output);
  std::signal(SIGPIPE, SIG_IGN);  // a write tells as much
  PayloadFetch fetch(std::move(payloads), settings.removes, std::move(output));
  ExitStatus status = ExitStatus::ok;
  try {
    if (reads_stdin) {
      fetch.answer_all(LineReader(std::move(input), line_bytes_max));
    } else {
      fetch.answer_one(operand);
    }
    fetch.finish();
    if (fetch.has_failed()) status = ExitStatus::errors;
  } catch (const std::exception& error) {
    complain(error.what());
    status = ExitStatus::interrupted;
  }
  // What is static in libraries must outlive threads that still use them.
  if (!fetch.leave()) std::_Exit(static_cast<int>(status));
  return status;
}

}  // namespace ahp_tool
