#pragma once

namespace ahp_tool {

/// Settles how this process takes memory, for many requests and for large bodies: what README.md,
/// "Memory", advises a program to do. First thing, before anything uses libcurl. Throws
/// `std::runtime_error`.
void tune_memory();

}  // namespace ahp_tool
