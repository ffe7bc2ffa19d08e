#pragma once

#include "option.hpp"

#include <async_http_pool/value.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ahp_tool {

/// The words after the command, sorted into options and operands.
struct CommandLine {
  std::vector<std::pair<const Option*, async_http_pool::Value>> options;
  std::vector<std::string> operands;
};

/// Reads `--name value`, `--name=value`, and for flags `--name` and `--name=true|false`. All that
/// follows
/// `--` are operands, and so is `-`. Throws `UsageError` for options that are unknown, given twice,
/// or whose value is missing or of the wrong kind.
[[nodiscard]] CommandLine parse_command_line(OptionTable options,
                                             std::span<const char* const> words);

/// The settings of a command: the defaults, then its configuration file, then the command line.
[[nodiscard]] Settings make_settings(OptionTable options, const CommandLine& command_line);

}  // namespace ahp_tool
