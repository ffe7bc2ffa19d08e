#pragma once

#include "outcome_sink.hpp"
#include "output_stream.hpp"
#include "run_control.hpp"
#include "run_stats.hpp"
#include "unfinished_lines.hpp"

#include <chrono>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ahp_tool {

/// Turns outcomes into lines of output, on a thread of its own, so that neither the encoding nor a
/// slow reader holds up an agent. The queue is bounded by the lines that `RunControl` lets in.
///
/// An outcome counts once its whole line is written. When that fails (nobody reads, the disk is
/// full) the run is told to end, and this outcome and all later ones become unfinished lines.
class OutputWriter final : public OutcomeSink {
 public:
  OutputWriter(OwnedDescriptor output, RunControl& control, RunStats& stats,
               UnfinishedLines& unfinished);
  ~OutputWriter() override;
  OutputWriter(const OutputWriter&) = delete;
  OutputWriter& operator=(const OutputWriter&) = delete;

  void push(Outcome&& outcome) override;
  /// The same, then waits: whether the outcome got into the output.
  [[nodiscard]] bool push_and_wait(Outcome outcome);

  /// Writes what is left, waiting at most `patience` for a slow reader, and closes the output.
  /// Returns whether all of it is well. To be called once, when nobody pushes any more.
  [[nodiscard]] bool finish(std::chrono::milliseconds patience);
  /// Why an output that failed did; 0 when the reader was too slow. After `finish`.
  [[nodiscard]] int error() const noexcept { return stream_.error(); }
  /// References of stored results that did not get into the output. After `finish`, once.
  [[nodiscard]] std::vector<std::string> take_unwritten_references() noexcept {
    return std::exchange(unwritten_references_, {});
  }

 private:
  void write_until_closed();
  [[nodiscard]] std::vector<Outcome> take_queue();
  void settle(Outcome& outcome);
  void keep_reference(Outcome& outcome) noexcept;
  [[nodiscard]] bool write(Outcome& outcome);
  void fail();

  RunControl& control_;
  RunStats& stats_;
  UnfinishedLines& unfinished_;
  OutputStream stream_;                            // the thread's until it has ended
  bool failed_ = false;                            // likewise
  std::vector<std::string> unwritten_references_;  // likewise
  Wakeup wakeup_;
  Wakeup give_up_;
  std::mutex mutex_;
  std::vector<Outcome> queue_;  // mutex_
  bool closed_ = false;         // mutex_
  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace ahp_tool
