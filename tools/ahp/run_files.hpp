#pragma once

#include "owned_descriptor.hpp"
#include "requeue_file.hpp"
#include "settings.hpp"

#include <memory>
#include <string>

namespace ahp_tool {

/// What a run reads and writes.
struct RunFiles {
  OwnedDescriptor input;
  OwnedDescriptor output;
  std::unique_ptr<RequeueFile> requeue;  ///< null: none
};

/// `-` is stdin. Throws `UsageError`.
[[nodiscard]] OwnedDescriptor open_input(const std::string& path);
/// The output of the settings, as it is. `input`: the file that it must not be; -1: none. Throws
/// `UsageError`.
[[nodiscard]] OwnedDescriptor open_output(const Settings& settings, int input);
/// Throws `UsageError`.
void empty_output(const Settings& settings, const OwnedDescriptor& output);

/// Opens all that a run needs. Empties the output only when all else is in order. Throws
/// `UsageError` when one cannot be opened, or when the output is the input or the requeue file.
[[nodiscard]] RunFiles open_run_files(const std::string& input_path, const Settings& settings);

}  // namespace ahp_tool
