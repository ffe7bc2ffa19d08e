#include "config_file.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>
#include <async_http_pool/client_config.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request_config.hpp>
#include <async_http_pool/value.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>
#include <system_error>

namespace ahp_tool {
namespace {

using async_http_pool::ParseError;
using async_http_pool::Value;

// A file cannot ask for these: they belong to one call of the command.
constexpr std::array<std::string_view, 2> command_line_only = {"config", "help"};

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;

std::string read_file(const std::string& path) {
  const auto fail = [&] {
    throw UsageError(
        fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             std::fclose);
  if (!file) fail();
  std::string text;
  std::array<char, 4096> part;
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), file.get())) {
    text.append(part.data(), count);
    if (text.size() > file_bytes_max) throw UsageError(fmt::format("{}: longer than 1 MiB", path));
  }
  if (std::ferror(file.get()) != 0) fail();
  return text;
}

Value read_object(const std::string& path) {
  try {
    Value value = Value::from_json(read_file(path));
    if (!value.is_object()) throw UsageError(fmt::format("{}: must be a JSON object", path));
    return value;
  } catch (const ParseError& error) {
    throw UsageError(fmt::format("{}: {}", path, error.what()));
  }
}

/// Null when the command has no such option.
const Option* find_option(OptionTable options, const std::string& key) {
  const auto is_meant = [&](const Option& option) {
    std::string name(option.name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name == key && std::find(command_line_only.begin(), command_line_only.end(),
                                    option.name) == command_line_only.end();
  };
  const auto found = std::find_if(options.begin(), options.end(), is_meant);
  return found == options.end() ? nullptr : &*found;
}

/// Sets an option of the library that the command line has no words for. False: there is none.
bool apply_library_option(const std::string& key, const Value& value, std::string_view shown_name,
                          Settings& settings) {
  async_http_pool::Configuration& configuration = settings.configuration;
  try {
    async_http_pool::RequestConfig request_config;
    if (request_config.set(key, value)) {
      configuration.set_request_config(request_config);
      return true;
    }
    async_http_pool::ClientConfig client_config = configuration.client_config();
    if (!client_config.set(key, value)) return false;
    configuration.set_client_config(client_config);
    return true;
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}", shown_name, error.what()));
  }
}

}  // namespace

void apply_config_file(const std::string& path, OptionTable options, Settings& settings) {
  const Value object = read_object(path);
  std::set<std::string_view> seen;
  for (const auto& [key, value] : object.as_object()) {
    if (!seen.insert(key).second) throw UsageError(fmt::format("{}: {} is given twice", path, key));
    const std::string shown_name = fmt::format("{}: {}", path, key);
    if (const Option* option = find_option(options, key)) {
      apply_option(*option, value, shown_name, settings);
    } else if (!apply_library_option(key, value, shown_name, settings)) {
      throw UsageError(fmt::format("{}: unknown option {}", path, Value(key).to_json()));
    }
  }
}

}  // namespace ahp_tool
