#pragma once

#include "option.hpp"

#include <string>
#include <string_view>

namespace ahp_tool {

/// Reads a JSON object whose members are options of a command, with underscores for the dashes:
/// `{"max_connections":64,"request_timeout":2.5}`, or any of `RequestConfig` and `ClientConfig`:
/// `{"first_byte_timeout":5,"retry_statuses":[503]}`. Throws `UsageError` naming the file and the
/// member.
void apply_config_file(const std::string& path, OptionTable options, Settings& settings);

}  // namespace ahp_tool
