#pragma once

namespace ahp_tool {

/// CPU time of all threads of this process.
struct CpuUsage {
  double user_us = 0;
  double system_us = 0;
};

[[nodiscard]] CpuUsage cpu_usage() noexcept;

/// A field of /proc/self/status in KiB, such as "VmRSS"; 0 when there is none. For the peak take
/// "VmHWM": what getrusage(2) reports is inherited from the program before exec(3).
[[nodiscard]] long memory_kb(const char* field);

/// Lets this process open as many files as it is allowed to: often more than it is given at first.
void raise_file_limit() noexcept;

}  // namespace ahp_tool
