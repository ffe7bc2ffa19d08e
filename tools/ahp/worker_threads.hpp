#pragma once

#include "line_reader.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace ahp_tool {

/// Threads for jobs that wait for others. Jobs that do not come back can be left behind, so they
/// must own all that they use.
class WorkerThreads {
 public:
  explicit WorkerThreads(std::size_t count);
  /// Leaves behind what still runs.
  ~WorkerThreads();
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  /// Jobs begin in the order of their posting; they throw nothing. Throws `std::bad_alloc`. Any
  /// thread, until `finish`.
  void post(std::function<void()> job);

  /// Waits for all jobs, but only within `limits`. Returns whether they are done and the threads
  /// have ended; else jobs that have not begun are dropped, and the program must end without
  /// destroying what is static.
  [[nodiscard]] bool finish(const WaitLimits& limits);

 private:
  struct State;
  static void work(State& state) noexcept;
  void close() noexcept;

  std::shared_ptr<State> state_;  // shared with the threads, which may outlive this
  std::vector<std::thread> threads_;
};

}  // namespace ahp_tool
