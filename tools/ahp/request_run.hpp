#pragma once

#include "exit_status.hpp"
#include "line_reader.hpp"
#include "output_writer.hpp"
#include "progress_display.hpp"
#include "requeue_file.hpp"
#include "result_storage.hpp"
#include "run_control.hpp"
#include "run_files.hpp"
#include "run_job.hpp"
#include "run_stats.hpp"
#include "settings.hpp"
#include "signal_thread.hpp"
#include "unfinished_lines.hpp"

#include <async_http_pool/processor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace ahp_tool {

/// How a run ended.
struct RunEnd {
  ExitStatus status = ExitStatus::ok;
  bool has_threads_left = false;  ///< in a store that does not answer
};

/// One call of `ahp run`. Every request of the input ends in the output or among the leftovers:
///
/// - main thread: reads lines, waits for room, enqueues; at the end writes the leftovers
/// - agent threads: hand outcomes to the writer, or to the storage before it
/// - storing threads, if there is a store: put large results there
/// - writer thread: encodes and writes them
/// - signal thread: asks for an end
class RequestRun {
 public:
  RequestRun(const Settings& settings, RunFiles files);
  /// To be called once.
  [[nodiscard]] RunEnd execute();

 private:
  void feed();
  void submit(LinePiece piece);
  void start(SourceLine source, RequestLine line);
  void enqueue(async_http_pool::RequestTask task, const std::shared_ptr<RunJob>& job);
  void finish_output();
  void save_leftovers();
  [[nodiscard]] bool leave_storage();
  [[nodiscard]] OutcomeSink& sink() noexcept;
  void report() const;
  void report_storage() const;
  [[nodiscard]] std::string summary() const;

  const Settings settings_;
  RunControl control_;
  SignalThread signals_;  // before all other threads
  RunStats stats_;
  UnfinishedLines unfinished_;
  LineReader reader_;
  std::unique_ptr<RequeueFile> requeue_;
  OutputWriter writer_;
  std::unique_ptr<ResultStorage> storage_;  // null: results stay in the output
  async_http_pool::Processor processor_;    // last: its handlers use all of the above
  std::uint64_t unfinished_count_ = 0;
  bool has_lost_leftovers_ = false;
  bool is_incomplete_ = false;  // something is neither in the output nor among the leftovers
};

}  // namespace ahp_tool
