#include "process_usage.hpp"

#include <sys/resource.h>

#include <fstream>
#include <limits>
#include <string>

namespace ahp_tool {
namespace {

double in_microseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

}  // namespace

CpuUsage cpu_usage() noexcept {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return {};
  return {in_microseconds(usage.ru_utime), in_microseconds(usage.ru_stime)};
}

long memory_kb(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name;) {
    long kb = 0;
    if (name == std::string(field) + ":" && status >> kb) return kb;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

void raise_file_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // When it is refused, requests beyond the limit fail with an error that says so.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace ahp_tool
