#include "processor/observer_list.hpp"

#include "base/exception_text.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace async_http_pool {

void ObserverList::add(std::shared_ptr<ProcessorObserver> observer) {
  if (observer == nullptr) throw std::invalid_argument("observer is required, got: null");
  const auto added = std::make_shared<Watcher>(std::move(observer));
  lists_.with([&](auto& lists) {
    auto next = lists.empty() ? std::make_unique<List>() : std::make_unique<List>(*lists.back());
    const bool is_known = std::any_of(next->begin(), next->end(), [&](const auto& watcher) {
      return watcher->observer == added->observer;
    });
    if (is_known) throw std::invalid_argument("observer was added already");
    next->push_back(added);
    lists.push_back(std::move(next));
    current_.store(lists.back().get());
  });
  settle(*added);
}

void ObserverList::tell_stop() noexcept {
  is_running_.store(false);
  settle_all();
}

void ObserverList::settle_all() const noexcept {
  const List* list = current_.load();
  if (list == nullptr) return;
  for (const auto& watcher : *list) settle(*watcher);
}

void ObserverList::settle(Watcher& watcher) const noexcept {
  for (;;) {
    const bool is_running = is_running_.load();
    Knows before = is_running ? Knows::of_no_run : Knows::of_a_run;
    // If this fails, the observer knows already, or another thread is telling it something and will
    // look again after that.
    if (!watcher.knows.compare_exchange_strong(before, Knows::is_being_told)) return;
    tell_one(*watcher.observer, is_running ? &ProcessorObserver::start : &ProcessorObserver::stop);
    watcher.knows.store(is_running ? Knows::of_a_run : Knows::of_no_run);
  }
}

void ObserverList::log_current_exception() const noexcept {
  log_message(logger_, LogLevel::error, "an observer threw: {}", current_exception_text());
}

}  // namespace async_http_pool
