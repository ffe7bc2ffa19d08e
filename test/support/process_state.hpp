#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace async_http_pool::test {

// What this process has and takes, as Linux tells it.

inline std::size_t entries_of(const char* directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(directory), {}));
}

/// Open descriptors, one of this function's own among them.
inline std::size_t descriptor_count() { return entries_of("/proc/self/fd"); }
inline std::size_t thread_count() { return entries_of("/proc/self/task"); }

/// From here on `peak_resident_bytes` tells of what comes. Whether the system allows that.
inline bool reset_peak_resident_bytes() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

/// The most memory that was in use at a time; 0 when the system does not tell.
inline std::size_t peak_resident_bytes() {
  std::ifstream file("/proc/self/status");
  constexpr std::string_view name = "VmHWM:";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::stoul(line.substr(name.size())) * 1024;
  }
  return 0;
}

}  // namespace async_http_pool::test
