#pragma once

#include "base/guarded.hpp"

#include <async_http_pool/logger.hpp>
#include <async_http_pool/processor_observer.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace async_http_pool {

/// The observers of a processor. Telling them takes no lock: the list is replaced as a whole, and
/// the replaced ones are kept, which costs little since observers are added rarely and never
/// removed. any-thread
class ObserverList {
 public:
  /// `logger` may be null and must outlive it.
  explicit ObserverList(Logger* logger) noexcept : logger_(logger) {}

  /// Adds it, and tells it of the start when the others know of it. Throws `std::invalid_argument`
  /// when it is null or there already.
  void add(std::shared_ptr<ProcessorObserver> observer);

  /// A run begins. To be said before it can end: if it ends before `tell_start`, nobody hears of
  /// it.
  void begin_run() noexcept { is_running_.store(true); }
  /// Tells of the start of the run that began, or of its end. Each observer hears of starts and
  /// stops in turn and never of two at once, whatever threads say so.
  void tell_start() noexcept { settle_all(); }
  void tell_stop() noexcept;

  /// Calls `member` of every observer; what one throws is logged.
  template <typename... Parameters, typename... Arguments>
  void tell(void (ProcessorObserver::*member)(Parameters...),
            const Arguments&... arguments) const noexcept {
    const List* list = current_.load(std::memory_order_acquire);
    if (list == nullptr) return;
    for (const auto& watcher : *list) tell_one(*watcher->observer, member, arguments...);
  }

 private:
  enum class Knows { of_no_run, of_a_run, is_being_told };
  struct Watcher {
    explicit Watcher(std::shared_ptr<ProcessorObserver> added) noexcept
        : observer(std::move(added)) {}
    const std::shared_ptr<ProcessorObserver> observer;
    std::atomic<Knows> knows = Knows::of_no_run;
  };
  using List = std::vector<std::shared_ptr<Watcher>>;

  template <typename... Parameters, typename... Arguments>
  void tell_one(ProcessorObserver& observer, void (ProcessorObserver::*member)(Parameters...),
                const Arguments&... arguments) const noexcept {
    try {
      (observer.*member)(arguments...);
    } catch (...) {
      log_current_exception();
    }
  }
  void settle_all() const noexcept;
  void settle(Watcher& watcher) const noexcept;
  void log_current_exception() const noexcept;

  Logger* const logger_;
  std::atomic<bool> is_running_ = false;
  std::atomic<const List*> current_ = nullptr;
  Guarded<std::vector<std::unique_ptr<const List>>> lists_;  // the current one is the last
};

}  // namespace async_http_pool
