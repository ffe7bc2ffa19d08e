#pragma once

#include <stdexcept>

namespace ahp_tool {

/// The command line, or a file it names, is not as it should be: exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace ahp_tool
