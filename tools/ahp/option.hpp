#pragma once

#include "settings.hpp"

#include <async_http_pool/value.hpp>

#include <span>
#include <string>
#include <string_view>

namespace ahp_tool {

/// What an option takes.
enum class OptionKind { flag, integer, seconds, text };

/// One option of a command: how it is written, what it does, what the help says of it.
struct Option {
  std::string_view name;  ///< as on the command line, without the dashes
  OptionKind kind;
  std::string_view argument;  ///< as in the help; empty for flags
  std::string_view help;
  /// Puts a value of the right kind into the settings. Throws `std::invalid_argument` when it is
  /// refused.
  void (*apply)(const async_http_pool::Value& value, Settings& settings);
};

/// The options of a command, in the order of its help.
using OptionTable = std::span<const Option>;

/// `value` into `settings`. Throws `UsageError` when it is of another kind, or refused.
/// `shown_name` is how the user wrote the option.
void apply_option(const Option& option, const async_http_pool::Value& value,
                  std::string_view shown_name, Settings& settings);

/// One line for each option.
[[nodiscard]] std::string describe_options(OptionTable options);

}  // namespace ahp_tool
