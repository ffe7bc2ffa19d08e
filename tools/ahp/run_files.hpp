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

/// Opens them; `-` is stdin. Empties the output only when all else is in order. Throws `UsageError`
/// when one cannot be opened, or when the output is the input or the requeue file.
[[nodiscard]] RunFiles open_run_files(const std::string& input_path, const Settings& settings);

}  // namespace ahp_tool
