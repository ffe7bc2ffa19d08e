#include "raw_plan.hpp"

#include "url_range.hpp"

#include <set>
#include <stdexcept>

namespace raw {

namespace {

// A misspelt value must not measure something else.
const std::map<std::string, std::set<std::string>> known_values = {
    {"mode", {"poll", "epoll"}},
    {"handles", {"reuse", "fresh"}},
    {"headers", {"bare", "same"}},
    {"http", {"default", "1.1"}},
    {"connections", {"keep", "new"}}};

}  // namespace

Plan parse(int argc, char** argv) {
  Plan plan;
  std::vector<std::string> operands;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) {
      operands.push_back(word);
      continue;
    }
    const auto option = plan.options.find(word.substr(2));
    if (option == plan.options.end() || i + 1 == argc)
      throw std::invalid_argument("unknown option or no value: " + word);
    option->second = argv[++i];
    const auto known = known_values.find(option->first);
    if (known != known_values.end() && !known->second.contains(option->second))
      throw std::invalid_argument(word + " " + option->second);
  }
  if (operands.size() != 3 && operands.size() != 5)
    throw std::invalid_argument("URL N CONCURRENCY [HOLD_URL HOLD]");
  plan.urls = ahp_tool::expand_url_ranges(operands[0]);
  plan.requests = std::stoul(operands[1]);
  plan.concurrency = std::stoul(operands[2]);
  if (operands.size() == 5) {
    plan.hold_url = operands[3];
    plan.hold = std::stoul(operands[4]);
  }
  return plan;
}

}  // namespace raw
