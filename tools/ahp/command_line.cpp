#include "command_line.hpp"

#include "config_file.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

namespace ahp_tool {
namespace {

using async_http_pool::Value;

const Option& find_option(OptionTable options, std::string_view name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  if (found == options.end()) throw UsageError(fmt::format("unknown option --{}", name));
  return *found;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What a word of the command line means for an option; a word of the wrong kind stays text and is
// refused where the values of configuration files are.
Value read_value(OptionKind kind, std::string_view text) {
  if (kind == OptionKind::flag && (text == "true" || text == "false")) return text == "true";
  if (kind == OptionKind::integer) {
    if (const auto number = parse_number<std::int64_t>(text)) return *number;
  }
  if (kind == OptionKind::seconds) {
    const auto number = parse_number<double>(text);
    if (number && std::isfinite(*number)) return *number;
  }
  return text;
}

}  // namespace

CommandLine parse_command_line(OptionTable options, std::span<const char* const> words) {
  CommandLine result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      result.operands.insert(result.operands.end(),
                             words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (!word.starts_with('-') || word == "-") {
      result.operands.emplace_back(word);
      continue;
    }
    if (!word.starts_with("--")) throw UsageError(fmt::format("unknown option {}", word));
    const std::size_t equals = word.find('=');
    const Option& option =
        find_option(options, word.substr(2, equals == word.npos ? word.npos : equals - 2));
    const bool is_given_before =
        std::any_of(result.options.begin(), result.options.end(),
                    [&](const auto& earlier) { return earlier.first == &option; });
    if (is_given_before) throw UsageError(fmt::format("--{} is given twice", option.name));
    std::string_view text = "true";
    if (equals != word.npos) {
      text = word.substr(equals + 1);
    } else if (option.kind != OptionKind::flag) {
      if (++i == words.size())
        throw UsageError(fmt::format("--{} needs a value: {}", option.name, option.argument));
      text = words[i];
    }
    result.options.emplace_back(&option, read_value(option.kind, text));
  }
  return result;
}

Settings make_settings(OptionTable options, const CommandLine& command_line) {
  Settings settings;
  const auto apply = [&] {
    for (const auto& [option, value] : command_line.options) {
      apply_option(*option, value, fmt::format("--{}", option->name), settings);
    }
  };
  apply();
  if (!settings.config_path.empty() && !settings.wants_help) {
    const std::string path = settings.config_path;
    settings = Settings();
    apply_config_file(path, options, settings);
    apply();
  }
  return settings;
}

}  // namespace ahp_tool
