#pragma once

#include "line_outcome.hpp"
#include "run_control.hpp"
#include "unfinished_lines.hpp"

namespace ahp_tool {

/// Takes outcomes on their way to the output.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  /// Hands an outcome over and returns. `outcome` is moved from only when that went well; throws
  /// `std::bad_alloc`. Any thread.
  virtual void push(Outcome&& outcome) = 0;
};

/// Where the lines of a run go: each to exactly one of the two.
struct RunSinks {
  OutcomeSink& outcomes;
  UnfinishedLines& unfinished;
  RunControl& control;

  /// An outcome that there is no memory for becomes an unfinished line.
  void deliver(Outcome& outcome) const noexcept;
  void give_back(Outcome& outcome) const noexcept;
};

}  // namespace ahp_tool
