#pragma once

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/processor_observer.hpp>
#include <async_http_pool/request_task.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// `stopped -> starting -> running -> draining -> stopping -> stopped`; stop leads from running to
/// stopping directly.
enum class ProcessorState {
  stopped,   ///< no threads, nothing is accepted
  starting,  ///< the agent threads are being made
  running,   ///< tasks are accepted
  draining,  ///< nothing new is accepted, what is there goes on
  stopping   ///< as draining, until the deadline of `stop`
};

[[nodiscard]] AHP_EXPORT std::string_view to_string(ProcessorState state) noexcept;

/// What became of `Processor::try_enqueue`.
enum class EnqueueResult { accepted, not_running, max_capacity };

/// Runs request tasks on agent threads of its own. Every accepted task ends in exactly one call of
/// its handler: `on_complete`, `on_error` or `retry`.
///
/// All members may be called on any thread and from inside callbacks (`wait_until_idle` excepted).
/// A processor is bound to the process that made it: a forked child finds it stopped and empty for
/// good, and destroying it there does nothing.
class AHP_EXPORT Processor {
 public:
  explicit Processor(const Configuration& configuration = {});
  /// Like `stop(0ms)`. From inside a callback it returns before the agent thread has ended.
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  /// Starts the agent threads; on return the state is running. Does nothing when starting or
  /// running. Throws `std::logic_error` while draining or stopping, `std::runtime_error` when the
  /// system refuses a thread.
  void start();

  /// Accepts nothing more from now on; what was accepted goes on. Does nothing unless running.
  void drain() noexcept;

  /// Stops: nothing new is accepted; what ends before the deadline is delivered as usual; what is
  /// left then, queued or in flight, gets `retry`. Returns when the processor is stopped: a
  /// callback that is busy at the deadline is waited for. While another thread stops, waits for
  /// that. Called from inside a callback it returns at once, and the agent does the same by itself.
  void stop();                                   ///< deadline: `Configuration::shutdown_timeout`
  void stop(std::chrono::milliseconds timeout);  ///< 0: give everything back now

  /// Hands the task over and returns. Throws `NotRunningError`, `MaxCapacityError`,
  /// `std::invalid_argument` when its URL is longer than `max_url_size`, and `std::bad_alloc`; then
  /// the task was not accepted and its handler is not called.
  void enqueue(RequestTask task);
  /// The same without exceptions for the two refusals. `task` is moved from only when it was
  /// accepted.
  [[nodiscard]] EnqueueResult try_enqueue(RequestTask& task);

  /// Waits until no task is queued or in flight; returns whether that is so. Throws
  /// `std::logic_error` when called from inside a callback, which would wait for itself.
  bool wait_until_idle(std::chrono::milliseconds timeout);

  [[nodiscard]] ProcessorState state() const noexcept;
  [[nodiscard]] bool is_starting() const noexcept { return state() == ProcessorState::starting; }
  [[nodiscard]] bool is_running() const noexcept { return state() == ProcessorState::running; }
  [[nodiscard]] bool is_draining() const noexcept { return state() == ProcessorState::draining; }
  [[nodiscard]] bool is_stopping() const noexcept { return state() == ProcessorState::stopping; }
  [[nodiscard]] bool is_stopped() const noexcept { return state() == ProcessorState::stopped; }
  /// Whether no task is queued or in flight.
  [[nodiscard]] bool is_idle() const noexcept { return total_count() == 0; }
  /// Draining, and nothing is left.
  [[nodiscard]] bool is_drained() const noexcept { return is_draining() && is_idle(); }

  /// Tasks whose request is under way.
  [[nodiscard]] std::size_t inflight_count() const noexcept;
  /// Tasks accepted and not over yet, the one whose callback runs included; never above
  /// `max_connections`.
  [[nodiscard]] std::size_t total_count() const noexcept;
  /// The ids of the tasks whose request is under way, in no order.
  [[nodiscard]] std::vector<std::string> inflight_request_ids() const;

  /// Adds an observer, for the processor's life. Throws `std::invalid_argument` when it is null or
  /// was added already. If the processor runs, `observer->start()` is called at once.
  void observe(std::shared_ptr<ProcessorObserver> observer);

  [[nodiscard]] const Configuration& configuration() const noexcept;

 private:
  friend class PoolAccess;       // clients share its agents
  friend class ProcessorAccess;  // tests give it selectors that fail
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with the agent threads, which may outlive a processor
                                // destroyed in a callback
};

}  // namespace async_http_pool
