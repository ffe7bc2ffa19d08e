#pragma once

namespace ahp_tool {

/// What `ahp` ends with.
enum class ExitStatus {
  ok = 0,          ///< a response for every request
  errors = 1,      ///< an outcome for every request, some of them errors
  usage = 2,       ///< nothing was done
  interrupted = 3  ///< requests without an outcome are left
};

}  // namespace ahp_tool
