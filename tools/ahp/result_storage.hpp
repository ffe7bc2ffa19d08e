#pragma once

#include "line_reader.hpp"
#include "outcome_sink.hpp"
#include "worker_threads.hpp"

#include <async_http_pool/configuration.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ahp_tool {

/// Puts large results into the payload store, between the handlers of requests and the writer of
/// the output. A store takes its time: it is waited for on some threads of its own, by which
/// neither an agent nor the writer is held up. Outcomes go on in the order in which they came;
/// there are as many in here as `RunControl` lets in.
///
/// A result that cannot be stored goes on as it is; so do all while the store does not answer.
class ResultStorage final : public OutcomeSink {
 public:
  /// `next`: where the outcomes go, with what becomes of those that there is no memory for.
  ResultStorage(const async_http_pool::Configuration& configuration, const RunSinks& next);
  ~ResultStorage() override;
  ResultStorage(const ResultStorage&) = delete;
  ResultStorage& operator=(const ResultStorage&) = delete;

  void push(Outcome&& outcome) override;

  /// Hands on all that is here, stored or not, without waiting for the store; so it does with what
  /// is pushed from then on.
  void release();
  /// Begins to remove what these references stand for. After `release`.
  void remove(std::vector<std::string> references);
  /// Waits within `limits` until all that was begun is done; payloads that were stored only after
  /// `release` are removed by then. Returns whether all threads have ended. To be called once.
  [[nodiscard]] bool finish(const WaitLimits& limits);

  /// Payloads that may be in the store without a line of output that refers to them.
  [[nodiscard]] std::uint64_t orphan_count() const;

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with the jobs, which may outlive this
  WorkerThreads threads_;
};

}  // namespace ahp_tool
