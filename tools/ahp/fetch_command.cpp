#include "fetch_command.hpp"

#include "command_line.hpp"
#include "line_reader.hpp"
#include "option_tables.hpp"
#include "output_stream.hpp"
#include "run_files.hpp"
#include "standard_streams.hpp"
#include "stored_payloads.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>

#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::ParseError;
using async_http_pool::ParseLimits;
using async_http_pool::Value;

constexpr const char* head = R"(usage: ahp fetch [options] REF|-

Prints what a reference stands for: the JSON of a result that "ahp run --store" put into a store.

REF is {"$ref":{"store":...,"key":...}}, or a line of the output of "ahp run" whose result is one; a
line is printed with the result in the reference's place. With - such lines are read from stdin and
answered in their order, all others are passed on as they are, so that

  ahp run --store URL ... | ahp fetch -

prints what "ahp run" alone would. A reference names its store; what it needs besides comes from
--store, AHP_REDIS_PASSWORD or AWS_ACCESS_KEY_ID and the like, as for "ahp run". Those are sent to the
store that the reference names: for references of unknown origin, give --store.

Options:
)";

constexpr const char* tail = R"(
A reference whose payload is missing or cannot be fetched is told on stderr; with - its line is passed
on as it is, so that nothing is lost.

Exit status: 0 all was found, 1 something was missing or failed, 2 wrong usage, 3 the output cannot
be written.
)";

constexpr std::size_t line_bytes_max = std::size_t{64} << 20;
constexpr ParseLimits limits{.depth_max = 256};

// The reference in a line: all of it, or its result.
const Value* find_reference(const Value& line) noexcept {
  if (line.contains("$ref")) return &line;
  const Value* const result = line.find("result");
  return result != nullptr && result->contains("$ref") ? result : nullptr;
}

std::string put_in_place(const Value& line, const Value& reference, const std::string& payload) {
  if (&line == &reference) return payload + "\n";
  std::string text;
  for (const auto& [name, value] : line.as_object()) {
    text += fmt::format("{}{}:{}", text.empty() ? '{' : ',', Value(name).to_json(),
                        &value == &reference ? payload : value.to_json());
  }
  return text + "}\n";
}

class Fetch {
 public:
  Fetch(StoredPayloads payloads, const Settings& settings, OwnedDescriptor output)
      : payloads_(std::move(payloads)), removes_(settings.removes), output_(std::move(output)) {}

  void answer_all(LineReader reader) {
    constexpr int no_fd = -1;
    while (const std::optional<LinePiece> piece = reader.next({no_fd})) {
      const bool is_whole = piece->begins_line && piece->ends_line;
      // Most have none, and need not be understood.
      const bool may_refer = is_whole && piece->text.find("$ref") != std::string::npos;
      if (!may_refer || !answer(piece->text, fmt::format("line {}: ", piece->number)))
        write(piece->ends_line ? piece->text + "\n" : piece->text);
    }
  }

  // Returns whether there was a reference, and something to print for it.
  [[nodiscard]] bool answer(const std::string& text, const std::string& place) {
    Value line;
    try {
      line = Value::from_json(text, limits);
    } catch (const ParseError& error) {
      fail(fmt::format("{}not JSON: {}", place, error.what()));
      return false;
    }
    const Value* const reference = find_reference(line);
    if (reference == nullptr) return false;
    try {
      write(put_in_place(line, *reference, payloads_.fetch(*reference)));
    } catch (const std::system_error&) {
      throw;  // of the output
    } catch (const std::exception& error) {
      fail(fmt::format("{}{}: {}", place, describe_reference(*reference), error.what()));
      return false;
    }
    if (removes_) remove(*reference, place);
    return true;
  }

  void finish() {
    if (!output_.close()) fail_to_write();
  }

  [[nodiscard]] ExitStatus status() const noexcept {
    return has_failed_ ? ExitStatus::errors : ExitStatus::ok;
  }

 private:
  void write(const std::string& text) {
    if (output_.write_line(text, never_) != WriteResult::done) fail_to_write();
  }

  void remove(const Value& reference, const std::string& place) {
    if (!output_.sync()) fail_to_write();
    try {
      payloads_.remove(reference);
    } catch (const std::exception& error) {
      fail(fmt::format("{}cannot remove {}: {}", place, describe_reference(reference),
                       error.what()));
    }
  }

  void fail(const std::string& message) noexcept {
    complain(message);
    has_failed_ = true;
  }

  [[noreturn]] void fail_to_write() const {
    throw std::system_error(output_.error(), std::generic_category(), "cannot write the output");
  }

  StoredPayloads payloads_;
  const bool removes_;
  OutputStream output_;
  const Wakeup never_;
  bool has_failed_ = false;
};

bool is_reference(const std::string& text) {
  try {
    return find_reference(Value::from_json(text, limits)) != nullptr;
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
  Fetch fetch(std::move(payloads), settings, std::move(output));
  if (reads_stdin) {
    fetch.answer_all(LineReader(std::move(input), line_bytes_max));
  } else {
    static_cast<void>(fetch.answer(operand, ""));
  }
  fetch.finish();
  return fetch.status();
}

}  // namespace ahp_tool
