#pragma once

#include "support/patience.hpp"

#include <cstddef>

namespace async_http_pool::test {

/// The name resolution of a test executable. Linking this file replaces getaddrinfo(3) for the
/// whole process, libcurl included, so that no test ever asks a name server:
///   *.slow.test       blocks while a `SlowResolver` exists and is not open (20 s at most), then
///   127.0.0.1
///   *.local.test      127.0.0.1, and so does localhost
///   *.twice.test      127.0.0.2, then 127.0.0.1
///   *.both.test       ::1 and 127.0.0.1
///   *.memory.test     EAI_MEMORY
///   literal addresses as usual
///   everything else   EAI_NONAME at once; *.nowhere.test is meant for that
///
/// A `SlowResolver` makes the slow names slow; one at a time. Any thread.
class SlowResolver {
 public:
  SlowResolver();
  /// Lets all blocked lookups go.
  ~SlowResolver();
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  void open();
  /// Whether `count` lookups or more are blocked now; false when `timeout` is over.
  [[nodiscard]] bool wait_for_blocked(std::size_t count,
                                      std::chrono::milliseconds timeout = patience) const;
};

}  // namespace async_http_pool::test
