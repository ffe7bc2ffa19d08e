#include "base/intrusive_list.hpp"

#include <algorithm>
#include <deque>
#include <list>
#include <random>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Ready {};

struct Item : ListNode<Item>, ListNode<Ready> {
  explicit Item(int item_number) : number(item_number) {}
  [[nodiscard]] bool is_in_items() const { return ListNode<Item>::is_linked(); }
  [[nodiscard]] bool is_ready() const { return ListNode<Ready>::is_linked(); }
  const int number;
};

using Items = IntrusiveList<Item>;
using ReadyItems = IntrusiveList<Item, Ready>;

template <typename List>
std::vector<int> numbers_of(List& list) {
  std::vector<int> numbers;
  list.for_each([&](const Item& item) { numbers.push_back(item.number); });
  return numbers;
}

TEST_CASE("an intrusive list keeps the order of appending, with holes where items left") {
  Item items[] = {Item(0), Item(1), Item(2), Item(3)};
  Items list;
  CHECK(list.empty());
  for (Item& item : items) list.push_back(item);
  CHECK(&list.front() == &items[0]);
  list.remove(items[2]);
  CHECK(numbers_of(list) == std::vector<int>{0, 1, 3});
  list.remove(items[0]);
  list.remove(items[3]);
  CHECK(numbers_of(list) == std::vector<int>{1});
  list.push_back(items[0]);
  CHECK(numbers_of(list) == std::vector<int>{1, 0});
}

TEST_CASE("an item knows whether it is in a list, and can come back") {
  Item item(1);
  Items list;
  CHECK_FALSE(item.is_in_items());
  list.push_back(item);
  CHECK(item.is_in_items());
  CHECK(list.pop_front() == &item);
  CHECK_FALSE(item.is_in_items());
  CHECK(list.pop_front() == nullptr);
  list.push_back(item);
  list.remove(item);
  CHECK_FALSE(item.is_in_items());
  CHECK(list.empty());
}

TEST_CASE("an item is in lists of different tags at once, each of its own") {
  Item first(1);
  Item second(2);
  Items items;
  ReadyItems ready;
  items.push_back(first);
  items.push_back(second);
  ready.push_back(second);
  CHECK(second.is_ready());
  CHECK_FALSE(first.is_ready());
  items.remove(second);
  CHECK_FALSE(second.is_in_items());
  CHECK(numbers_of(ready) == std::vector<int>{2});
  CHECK(numbers_of(items) == std::vector<int>{1});
}

TEST_CASE("moving a list appends it to the other in order and leaves it empty") {
  Item items[] = {Item(0), Item(1), Item(2)};
  Items from;
  Items to;
  from.move_all_to(to);
  CHECK(to.empty());
  to.push_back(items[0]);
  from.push_back(items[1]);
  from.push_back(items[2]);
  from.move_all_to(to);
  CHECK(from.empty());
  CHECK(numbers_of(to) == std::vector<int>{0, 1, 2});
}

TEST_CASE("a list that dies lets its items go") {
  Item first(1);
  Item second(2);
  {
    Items list;
    list.push_back(first);
    list.push_back(second);
  }
  CHECK_FALSE(first.is_in_items());
  CHECK_FALSE(second.is_in_items());
}

TEST_CASE("an intrusive list does what std::list does, whatever the order of calls") {
  std::mt19937 random(7);
  std::deque<Item> items;
  for (int i = 0; i < 30; ++i) items.emplace_back(i);
  Items list;
  std::list<int> model;
  for (int step = 0; step < 5000; ++step) {
    Item& item = items[random() % items.size()];
    if (random() % 4 == 0) {
      const Item* popped = list.pop_front();
      REQUIRE((popped == nullptr) == model.empty());
      if (popped != nullptr) {
        REQUIRE(popped->number == model.front());
        model.pop_front();
      }
    } else if (item.is_in_items()) {
      list.remove(item);
      model.remove(item.number);
    } else {
      list.push_back(item);
      model.push_back(item.number);
    }
    REQUIRE(std::ranges::equal(numbers_of(list), model));
  }
}

}  // namespace
}  // namespace async_http_pool
