#pragma once

#include "agent/origin_table.hpp"
#include "agent/posted_order.hpp"
#include "agent/selector.hpp"
#include "base/intrusive_list.hpp"

namespace async_http_pool {

/// Orders that an agent has not begun yet: first come first served within an origin, but follow-ups
/// before the others, and the origins take turns. Those with few transfers under way have a line of
/// their own. Nothing is allocated. agent-thread
class OrderQueue {
 public:
  [[nodiscard]] bool empty() const noexcept { return few_.empty() && many_.empty(); }

  void push(PostedOrder& order, Origin& origin) noexcept {
    const bool is_first = !has_orders(origin);
    order.origin = &origin;
    (order.order.is_follow_up ? origin.follow_ups : origin.orders).push_back(order);
    if (is_first) line_up(origin);
  }
  /// The next one of an origin in that company, null when there is none. Its origin goes to the end
  /// of a line.
  [[nodiscard]] PostedOrder* pop(Company company) noexcept {
    Origin* const origin = line(company).pop_front();
    if (origin == nullptr) return nullptr;
    PostedOrder* order = origin->follow_ups.pop_front();
    if (order == nullptr) order = origin->orders.pop_front();
    if (has_orders(*origin)) line_up(*origin);
    return order;
  }
  [[nodiscard]] PostedOrder* pop() noexcept {
    return pop(few_.empty() ? Company::many : Company::few);
  }
  void remove(PostedOrder& order, Origin& origin) noexcept {
    (order.order.is_follow_up ? origin.follow_ups : origin.orders).remove(order);
    if (!has_orders(origin)) line(origin.line).remove(origin);
  }

 private:
  using Line = IntrusiveList<Origin, OriginInLine>;
  [[nodiscard]] Line& line(Company company) noexcept {
    return company == Company::few ? few_ : many_;
  }
  [[nodiscard]] static bool has_orders(const Origin& origin) noexcept {
    return !origin.follow_ups.empty() || !origin.orders.empty();
  }
  void line_up(Origin& origin) noexcept {
    origin.line = origin.transfer_company();
    line(origin.line).push_back(origin);
  }

  Line few_;
  Line many_;
};

}  // namespace async_http_pool
