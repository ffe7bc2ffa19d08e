#include "http/cookie_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace async_http_pool {

bool CookieTable::Entry::goes_to(const CookieDestination& destination) const noexcept {
  return (destination.is_https || !cookie.is_secure) &&
         (cookie.domain == destination.host ||
          (!cookie.is_host_only &&
           domain_matches({.host = destination.host, .domain = cookie.domain}))) &&
         path_matches({.request_path = destination.path, .cookie_path = cookie.path});
}

void CookieTable::put(Cookie cookie, std::string_view site, Time now) {
  drop_ended(now);
  const Time end = cookie.expires.value_or(Time::max());
  const auto old = find(cookie, site);
  if (end <= now) {
    if (old) remove(*old);
    return;
  }
  if (old) {
    replace(*old, std::move(cookie));
  } else {
    make_room(site);
    Entries& list = list_of(cookie);
    Entry entry = {.cookie = std::move(cookie), .site = std::string(site)};
    Shelf& shelf = shelves_[entry.site];
    shelf.reserve(shelf.size() + 1);  // nothing may throw once the entry is there
    list.push_front(std::move(entry));
    list.front().number = ++numbers_;
    list.front().last_use = ++uses_;
    shelf.push_back(list.begin());
  }
  next_end_ = std::min(next_end_, end);
}

bool CookieTable::has_secure_rival(const Cookie& cookie, std::string_view site, Time now) const {
  const auto shelf = shelves_.find(site);
  return shelf != shelves_.end() && std::ranges::any_of(shelf->second, [&](const auto& entry) {
           const Cookie& rival = entry->cookie;
           return rival.is_secure && rival.name == cookie.name && !entry->has_ended(now) &&
                  path_matches({.request_path = cookie.path, .cookie_path = rival.path}) &&
                  (domain_matches({.host = cookie.domain, .domain = rival.domain}) ||
                   domain_matches({.host = rival.domain, .domain = cookie.domain}));
         });
}

std::string CookieTable::header_for(const CookieDestination& destination, std::string_view site,
                                    Time now) {
  const auto shelf = shelves_.find(site);
  if (shelf == shelves_.end()) return {};
  Shelf found;
  std::ranges::copy_if(shelf->second, std::back_inserter(found), [&](const auto& entry) {
    return !entry->has_ended(now) && entry->goes_to(destination);
  });
  std::ranges::sort(found, [](const auto& left, const auto& right) {
    return std::tuple(right->cookie.path.size(), left->number) <
           std::tuple(left->cookie.path.size(), right->number);
  });
  std::string header;
  for (const auto& entry : found) {
    const auto& [name, value] = std::tie(entry->cookie.name, entry->cookie.value);
    const std::string_view separator = header.empty() ? "" : "; ";
    if (header.size() + separator.size() + name.size() + 1 + value.size() > cookie_field_bytes_max)
      continue;
    header.append(separator).append(name).append("=").append(value);
    use(entry);
  }
  return header;
}

std::vector<Cookie> CookieTable::cookies(Time now) const {
  std::vector<const Entry*> living;
  living.reserve(size());
  for (const Entries& list : lists_) {
    for (const Entry& entry : list) {
      if (!entry.has_ended(now)) living.push_back(&entry);
    }
  }
  std::ranges::sort(living, {}, &Entry::number);
  std::vector<Cookie> cookies;
  cookies.reserve(living.size());
  for (const Entry* entry : living) cookies.push_back(entry->cookie);
  return cookies;
}

void CookieTable::clear() noexcept {
  shelves_.clear();
  for (Entries& list : lists_) list.clear();
  next_end_ = Time::max();
}

void CookieTable::clear_session() {
  remove_if([](const Entry& entry) { return !entry.cookie.expires; });
}

void CookieTable::use(Entries::iterator entry) noexcept {
  entry->last_use = ++uses_;
  Entries& list = list_of(entry->cookie);
  list.splice(list.begin(), list, entry);
}

void CookieTable::replace(Entries::iterator old, Cookie cookie) noexcept {
  Entries& list = list_of(cookie);
  list.splice(list.begin(), list_of(old->cookie), old);
  old->cookie = std::move(cookie);
  use(old);
}

std::optional<CookieTable::Entries::iterator> CookieTable::find(const Cookie& cookie,
                                                                std::string_view site) {
  const auto key = [](const Cookie& of) {
    return std::tie(of.name, of.domain, of.path, of.is_host_only);
  };
  const auto shelf = shelves_.find(site);
  if (shelf == shelves_.end()) return std::nullopt;
  const auto found = std::ranges::find_if(
      shelf->second, [&](const auto& entry) { return key(entry->cookie) == key(cookie); });
  if (found == shelf->second.end()) return std::nullopt;
  return *found;
}

CookieTable::Entries::iterator CookieTable::remove(Entries::iterator entry) noexcept {
  const auto shelf = shelves_.find(entry->site);
  std::erase(shelf->second, entry);
  if (shelf->second.empty()) shelves_.erase(shelf);
  return list_of(entry->cookie).erase(entry);
}

template <typename Condition>
void CookieTable::remove_if(Condition condition) {
  for (Entries& list : lists_) {
    for (auto entry = list.begin(); entry != list.end();)
      entry = condition(*entry) ? remove(entry) : std::next(entry);
  }
}

void CookieTable::drop_ended(Time now) {
  if (now < next_end_) return;
  remove_if([now](const Entry& entry) { return entry.has_ended(now); });
  next_end_ = Time::max();
  for (const Entries& list : lists_) {
    for (const Entry& entry : list)
      next_end_ = std::min(next_end_, entry.cookie.expires.value_or(Time::max()));
  }
}

void CookieTable::make_room(std::string_view site) {
  const auto shelf = shelves_.find(site);
  if (shelf != shelves_.end() && shelf->second.size() >= cookies_per_site_max) {
    remove(*std::ranges::min_element(shelf->second, {}, [](const auto& entry) {
      return std::pair(entry->cookie.is_secure, entry->last_use);
    }));
  }
  if (size() < cookies_max) return;
  Entries& least_worth = lists_[0].empty() ? lists_[1] : lists_[0];
  remove(std::prev(least_worth.end()));
}

}  // namespace async_http_pool
