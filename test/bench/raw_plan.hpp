#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace raw {

/// What the bare loop is to do. See raw_client.cpp.
struct Plan {
  std::map<std::string, std::string> options = {{"mode", "poll"},    {"handles", "reuse"},
                                                {"headers", "bare"}, {"cacert", ""},
                                                {"http", "default"}, {"connections", "keep"}};
  std::vector<std::string> urls;
  std::size_t requests = 0;
  std::size_t concurrency = 0;
  std::string hold_url;
  std::size_t hold = 0;

  [[nodiscard]] bool is(const char* option, std::string_view value) const {
    return options.at(option) == value;
  }
};

/// Throws `std::logic_error` or `std::runtime_error` when the words make no sense.
[[nodiscard]] Plan parse(int argc, char** argv);

}  // namespace raw
