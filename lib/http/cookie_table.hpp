#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <async_http_pool/cookie_jar.hpp>
#include "http/cookie_field.hpp"
#include "http/cookie_rules.hpp"

namespace async_http_pool {

/// The cookies of a jar, found by site: what one party may set cookies for (see `cookie_site`).
/// Bounded: those of a site make room for each other, and all of them, first by what is not
/// `secure`, then by what was used least recently.
class CookieTable {
 public:
  using Time = std::chrono::system_clock::time_point;
  static constexpr std::size_t cookies_max = 3000;
  static constexpr std::size_t cookies_per_site_max = 180;

  CookieTable() = default;
  CookieTable(const CookieTable&) = delete;
  CookieTable& operator=(const CookieTable&) = delete;

  /// Keeps `cookie` of `site`, in place of the one of its name, domain and path if there is one,
  /// whose age it takes over. One that has ended by `now` only removes that.
  void put(Cookie cookie, std::string_view site, Time now);
  /// Whether a secure cookie would be hidden or replaced by `cookie`, which http must not do
  /// (RFC 6265bis, section 5.7: "leave secure cookies alone").
  [[nodiscard]] bool has_secure_rival(const Cookie& cookie, std::string_view site, Time now) const;
  /// The value of a `cookie` field, see `CookieJar::header_for`. What is in it counts as used.
  [[nodiscard]] std::string header_for(const CookieDestination& destination, std::string_view site,
                                       Time now);
  /// In the order in which they were first set.
  [[nodiscard]] std::vector<Cookie> cookies(Time now) const;
  void clear() noexcept;
  void clear_session();

 private:
  struct Entry {
    Cookie cookie;
    std::string site;
    std::uint64_t number = 0;  ///< grows with each new cookie
    std::uint64_t last_use = 0;

    [[nodiscard]] bool has_ended(Time now) const noexcept {
      return cookie.expires && *cookie.expires <= now;
    }
    [[nodiscard]] bool goes_to(const CookieDestination& destination) const noexcept;
  };
  using Entries = std::list<Entry>;
  using Shelf = std::vector<Entries::iterator>;  ///< those of one site

  void use(Entries::iterator entry) noexcept;
  [[nodiscard]] Entries& list_of(const Cookie& cookie) noexcept {
    return lists_[cookie.is_secure ? 1 : 0];
  }
  [[nodiscard]] std::size_t size() const noexcept { return lists_[0].size() + lists_[1].size(); }
  /// None when it is not there.
  [[nodiscard]] std::optional<Entries::iterator> find(const Cookie& cookie, std::string_view site);
  void replace(Entries::iterator old, Cookie cookie) noexcept;
  Entries::iterator remove(Entries::iterator entry) noexcept;
  template <typename Condition>
  void remove_if(Condition condition);
  void drop_ended(Time now);
  void make_room(std::string_view site);

  std::array<Entries, 2> lists_;  // those not secure, the secure ones; used most recently first
  std::map<std::string, Shelf, std::less<>> shelves_;
  Time next_end_ = Time::max();  // none ends before
  std::uint64_t numbers_ = 0;
  std::uint64_t uses_ = 0;
};

}  // namespace async_http_pool
