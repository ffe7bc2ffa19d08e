#include "mock/mock_rule.hpp"

#include "http/cookie_field.hpp"
#include "mock/mock_access.hpp"

#include <algorithm>

namespace async_http_pool {

namespace {

/// As they are sent, but for what the library adds to all requests.
bool has_field(const Request& request, std::string_view cookies, const Headers::Field& wanted) {
  const auto& [name, value] = wanted;
  if (name == "cookie") return cookie_field(request.headers(), cookies) == value;
  const auto fields = request.headers().get_all(name);
  return std::ranges::find(fields, std::string_view(value)) != fields.end();
}

}  // namespace

bool MockRule::fits(const Request& request, std::string_view cookies) const {
  if (!conditions_.pattern.matches(request)) return false;
  const auto is_there = [&](const Headers::Field& wanted) {
    return has_field(request, cookies, wanted);
  };
  if (!std::ranges::all_of(conditions_.headers, is_there)) return false;
  if (conditions_.body && request.body().value_or("") != *conditions_.body) return false;
  return std::ranges::all_of(conditions_.predicates,
                             [&](const auto& predicate) { return predicate(request); });
}

std::optional<std::size_t> MockRule::use() noexcept {
  std::size_t used = used_.load();
  do {
    if (conditions_.times != 0 && used == conditions_.times) return std::nullopt;
  } while (!used_.compare_exchange_weak(used, used + 1));
  return used;
}

std::shared_ptr<const CannedAnswer> MockRule::answer(const Request& request,
                                                     std::size_t use) const {
  if (responder_) return MockAccess::canned(responder_(request));
  return answers_[std::min(use, answers_.size() - 1)];
}

}  // namespace async_http_pool
