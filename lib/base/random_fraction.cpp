#include "base/random_fraction.hpp"

#include "base/clock.hpp"

#include <cstdint>
#include <random>

namespace async_http_pool {

double random_fraction() noexcept {
  // Threads that start in the same instant differ by the address of their generator.
  thread_local std::minstd_rand generator = [] {
    static thread_local char here = 0;
    const auto place = reinterpret_cast<std::uintptr_t>(&here);
    const auto now = static_cast<std::uint64_t>(SteadyClock::now().time_since_epoch().count());
    return std::minstd_rand(static_cast<std::minstd_rand::result_type>((place >> 4) ^ now));
  }();
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace async_http_pool
