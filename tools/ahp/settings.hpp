#pragma once

#include "store_option.hpp"

#include <async_http_pool/configuration.hpp>

#include <optional>
#include <string>

namespace ahp_tool {

/// When the progress line is shown.
enum class ProgressMode {
  automatic,  ///< when stderr is a terminal
  always,
  never
};

/// What the options say.
struct Settings {
  async_http_pool::Configuration configuration;
  std::string output_path;   ///< empty: stdout
  std::string requeue_path;  ///< empty: none
  std::string config_path;   ///< empty: none
  std::optional<StoreOption> store;
  bool has_threshold = false;
  bool removes = false;
  ProgressMode progress = ProgressMode::automatic;
  bool is_quiet = false;
  bool leaves_memory_alone = false;  ///< see process_memory.hpp
  bool wants_help = false;
};

}  // namespace ahp_tool
