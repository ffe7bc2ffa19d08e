#include "run_command.hpp"

#include "command_line.hpp"
#include "option_tables.hpp"
#include "process_memory.hpp"
#include "request_run.hpp"
#include "run_files.hpp"
#include "standard_streams.hpp"
#include "store_probe.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>

namespace ahp_tool {
namespace {

constexpr const char* head = R"(usage: ahp run [options] FILE|-

Makes the HTTP requests of FILE, one a line, many at a time, and writes one line of JSON for
each outcome, in the order in which they complete.

A line is a URL, or a JSON object: {"url":...,"http_method":"get","headers":{...},"body":...,
"timeout":SECONDS,"max_redirects":N,"config":{...},"id":...,"callback":...,"callback_args":{...},
"raise_error_responses":BOOL}; only url is needed. Instead of body, "body_file":PATH sends a file, and
"multipart":[{"name":...,"value":...},{"name":...,"file":PATH},...] a form with files. Blank lines and lines that begin with # are
skipped. A line that is no request becomes a line of type error, and the run goes on.

Output: {"id":...,"callback":...,"type":"response"|"error","result":{...}}. The id is the line's own
(a string or an integer), else its number, and null when the line is not readable as JSON; callback is
the line's own, else "default".

Options (with their defaults); in a configuration file their names have underscores:
)";

constexpr const char* tail = R"(
URL of a store: file:DIR
                redis|rediss://[USER[:PASSWORD]@]HOST[:PORT][/DB][?ttl=SECONDS]
                unix://[USER[:PASSWORD]@]/SOCKET[?db=N&ttl=SECONDS]
                s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&style=path|host]
rediss and s3 also take ca_file=FILE. A password of Redis had better be in AHP_REDIS_PASSWORD;
credentials of S3 are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and AWS_REGION
and AWS_ENDPOINT_URL count, too. The result of a request with more JSON than the threshold goes into
the store, and {"$ref":{"store":...,"key":...}} into its place in the output: "ahp fetch" gives it back.
The name of the store in there is its URL without credentials and ttl. The threshold is at least 1,
which stores everything. Before the first request a tiny payload is stored, fetched and removed; when
that fails no request is made, and the exit status is 2. A result that cannot be stored stands in the
output itself, and the exit status is at least 1. When a store did not answer (no connection, or a
time-out) 3 times in a row storing is suspended: results go into the output at once, and the store is
tried after 5 seconds, then after pauses that double up to 60, until it answers. A run that is ended does not wait for
its store; what that got without a line in the output is removed within a second, else it stays there.

SIGINT, SIGTERM and SIGHUP end the run: requests in flight get the shutdown timeout; a second signal
ends it at once. A closed output and a full disk end it at once, too. Requests without a line in the
output are then written to the requeue file, exactly as they were read, and so is the rest of the
input; of a pipe, what comes within another shutdown timeout. The requeue file is replaced in one step
at the end, may be the input file, and is empty when nothing is left.

Exit status: 0 responses only, 1 some errors or results not stored, 2 wrong usage, 3 interrupted with requests left over.
)";

// A wrong password, say, is told now rather than by all results standing in the output.
void try_store(const Settings& settings) {
  try {
    probe_store(async_http_pool::ExternalStorage(settings.configuration));
  } catch (const std::exception& error) {
    throw UsageError(fmt::format("cannot use store {}: {}", settings.store->name, error.what()));
  }
}

}  // namespace

ExitStatus run_command(std::span<const char* const> words) {
  const CommandLine command_line = parse_command_line(run_options(), words);
  Settings settings = make_settings(run_options(), command_line);
  if (settings.wants_help) {
    print_result(fmt::format("{}{}{}", head, describe_options(run_options()), tail));
    return ExitStatus::ok;
  }
  if (command_line.operands.size() != 1) throw UsageError("one FILE is needed, or - for stdin");
  if (settings.has_threshold && !settings.store) throw UsageError("--threshold needs --store");
  tune_memory();
  if (settings.store) open_store(*settings.store, settings.configuration);
  if (settings.store) try_store(settings);
  RunEnd end;
  {
    RequestRun run(settings, open_run_files(command_line.operands[0], settings));
    end = run.execute();
  }
  // What is static in libraries must outlive threads that still use them.
  if (end.has_threads_left) std::_Exit(static_cast<int>(end.status));
  return end.status;
}

}  // namespace ahp_tool
