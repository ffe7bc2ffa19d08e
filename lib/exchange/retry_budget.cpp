#include "exchange/retry_budget.hpp"

#include <algorithm>
#include <utility>

namespace async_http_pool {

void RetryBudget::Account::roll(TimePoint now) noexcept {
  if (now < window_begin + window) return;
  const bool is_next = now < window_begin + 2 * window;
  for (RecentCount* count : {&requests, &retries}) {
    count->previous = is_next ? count->current : 0;
    count->current = 0;
  }
  window_begin = is_next ? window_begin + window : now;
}

double RetryBudget::Account::recent(const RecentCount& count, TimePoint now) const noexcept {
  // Threads read the clock before they come here, one after another: now may be a little early.
  const std::chrono::duration<double> elapsed =
      std::max(now - window_begin, TimePoint::duration(0));
  return count.current + count.previous * (1 - elapsed / std::chrono::duration<double>(window));
}

bool RetryBudget::Account::is_forgettable(TimePoint now) const noexcept {
  return waiting == 0 && now >= window_begin + 2 * window;
}

RetryBudget::Account& RetryBudget::Accounts::of(std::string_view origin, TimePoint now) {
  if (last != nullptr && last->first == origin) {
    last->second.roll(now);
    return last->second;
  }
  auto found = by_origin.find(origin);
  if (found == by_origin.end()) {
    if (by_origin.size() >= sweep_at) {
      last = nullptr;
      std::erase_if(by_origin,
                    [now](const auto& entry) { return entry.second.is_forgettable(now); });
      sweep_at = std::max<std::size_t>(64, 2 * by_origin.size());
    }
    found = by_origin.try_emplace(std::string(origin), Account{.window_begin = now}).first;
  }
  last = &*found;
  found->second.roll(now);
  return found->second;
}

void RetryBudget::note_request(std::string_view origin, TimePoint now) {
  accounts_.with([&](Accounts& accounts) { accounts.of(origin, now).requests.current += 1; });
}

RetryBudget::Reservation RetryBudget::reserve(std::string origin, TimePoint now) {
  const bool is_granted = accounts_.with([&](Accounts& accounts) {
    Account& account = accounts.of(origin, now);
    const double allowed = limits_.floor + account.recent(account.requests, now) *
                                               static_cast<double>(limits_.percent) / 100;
    if (account.waiting + account.recent(account.retries, now) + 1 > allowed) return false;
    ++account.waiting;
    return true;
  });
  return is_granted ? Reservation(*this, std::move(origin)) : Reservation();
}

std::size_t RetryBudget::origin_count() const {
  return accounts_.with([](const Accounts& accounts) { return accounts.by_origin.size(); });
}

RetryBudget::Reservation::Reservation(Reservation&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), origin_(std::move(other.origin_)) {}

RetryBudget::Reservation& RetryBudget::Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    cancel();
    budget_ = std::exchange(other.budget_, nullptr);
    origin_ = std::move(other.origin_);
  }
  return *this;
}

void RetryBudget::Reservation::use(TimePoint now) noexcept {
  if (budget_ == nullptr) return;
  // Its account is there for as long as something waits.
  std::exchange(budget_, nullptr)->accounts_.with([&](Accounts& accounts) {
    Account& account = accounts.by_origin.find(origin_)->second;
    account.roll(now);
    --account.waiting;
    account.retries.current += 1;
  });
}

void RetryBudget::Reservation::cancel() noexcept {
  if (budget_ == nullptr) return;
  std::exchange(budget_, nullptr)->accounts_.with([&](Accounts& accounts) {
    --accounts.by_origin.find(origin_)->second.waiting;
  });
}

}  // namespace async_http_pool
