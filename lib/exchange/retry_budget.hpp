#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace async_http_pool {

/// Keeps retries from making an overload worse: each origin gets no more of them than a share of
/// its recent requests, plus a few that it always has. any-thread
///
/// A retry counts from the moment it is decided on: while it waits, and like a request for
/// `window` after it went out. Else a pause would hide a crowd of retries that all wake up
/// together.
class RetryBudget {
 public:
  static constexpr std::chrono::seconds window{10};

  struct Limits {
    int percent = 0;  ///< retries for each 100 requests
    int floor = 0;    ///< retries that an origin always has
  };
  /// A retry that waits. Gives its place back unless it went out. The budget must outlive it.
  class [[nodiscard]] Reservation {
   public:
    Reservation() noexcept = default;  ///< of nothing
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { cancel(); }

    /// False when the budget is spent.
    explicit operator bool() const noexcept { return budget_ != nullptr; }
    /// The retry goes out now.
    void use(TimePoint now) noexcept;

   private:
    friend class RetryBudget;
    Reservation(RetryBudget& budget, std::string origin) noexcept
        : budget_(&budget), origin_(std::move(origin)) {}
    void cancel() noexcept;

    RetryBudget* budget_ = nullptr;
    std::string origin_;
  };

  explicit RetryBudget(Limits limits) noexcept : limits_(limits) {}

  /// A request, no retry, goes out to `origin`. Throws `std::bad_alloc`.
  void note_request(std::string_view origin, TimePoint now);
  /// For a retry that is about to wait. Throws `std::bad_alloc`.
  Reservation reserve(std::string origin, TimePoint now);
  /// Origins that it remembers at present.
  [[nodiscard]] std::size_t origin_count() const;

 private:
  /// Events of the last `window`, roughly: those of the window before count less and less.
  struct RecentCount {
    double current = 0;
    double previous = 0;
  };
  struct Account {
    void roll(TimePoint now) noexcept;
    [[nodiscard]] double recent(const RecentCount& count, TimePoint now) const noexcept;
    [[nodiscard]] bool is_forgettable(TimePoint now) const noexcept;

    TimePoint window_begin;
    RecentCount requests = {};
    RecentCount retries = {};
    int waiting = 0;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Accounts {
    Account& of(std::string_view origin, TimePoint now);

    using ByOrigin = std::unordered_map<std::string, Account, Hash, std::equal_to<>>;
    ByOrigin by_origin;
    ByOrigin::value_type* last = nullptr;  // that was asked for: mostly it is the next one, too
    std::size_t sweep_at = 64;
  };

  const Limits limits_;
  Guarded<Accounts> accounts_;
};

}  // namespace async_http_pool
