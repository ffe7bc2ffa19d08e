#include "unfinished_lines.hpp"

#include <algorithm>
#include <utility>

namespace ahp_tool {

std::vector<SourceLine> UnfinishedLines::take() {
  const std::lock_guard lock(mutex_);
  std::sort(lines_.begin(), lines_.end(), [](const SourceLine& left, const SourceLine& right) {
    return left.number < right.number;
  });
  return std::exchange(lines_, {});
}

}  // namespace ahp_tool
