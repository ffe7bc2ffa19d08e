#include "outcome_sink.hpp"

#include <new>
#include <utility>

namespace ahp_tool {

void RunSinks::deliver(Outcome& outcome) const noexcept {
  try {
    outcomes.push(std::move(outcome));
  } catch (const std::bad_alloc&) {
    give_back(outcome);
  }
}

void RunSinks::give_back(Outcome& outcome) const noexcept {
  unfinished.add(std::move(outcome.source));
  control.leave();
}

}  // namespace ahp_tool
