#include "agent/order_queue.hpp"

#include <deque>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/posted_transfer.hpp"

namespace async_http_pool {
namespace {

using test::PostedTransfer;

/// Origins with orders, each of which goes by a name.
class Fixture {
 public:
  Origin& origin(const std::string& name) { return origins_.begin_transfer("http://" + name); }
  /// One with `count` transfers under way.
  Origin& busy_origin(const std::string& name, std::size_t count) {
    Origin& busy = origin(name);
    for (std::size_t i = 0; i < count; ++i)
      busy.queue.enter(transfers_.emplace_back(busy), OriginQueue::unlimited);
    return busy;
  }
  PostedOrder& push(Origin& origin, const std::string& name, bool is_follow_up = false) {
    Named& named = orders_.emplace_back();
    named.transfer.order.order.is_follow_up = is_follow_up;
    named.name = name;
    queue.push(named.transfer.order, origin);
    return named.transfer.order;
  }
  /// The names of the next ones in that company.
  std::string pop_all(Company company) {
    std::string names;
    while (const PostedOrder* const order = queue.pop(company)) {
      for (const Named& named : orders_) {
        if (&named.transfer.order == order) names += named.name + ' ';
      }
    }
    return names;
  }
  ~Fixture() {
    for (Transfer& transfer : transfers_) transfer.origin.queue.leave(transfer);
    while (queue.pop() != nullptr) {
    }
  }

  OrderQueue queue;

 private:
  struct Named {
    PostedTransfer transfer;
    std::string name;
  };
  struct Transfer final : OriginQueue::Entry {
    explicit Transfer(Origin& of) : origin(of) {}
    Origin& origin;
  };
  OriginTable origins_;
  std::deque<Named> orders_;
  std::deque<Transfer> transfers_;
};

TEST_CASE("orders of one origin are begun in the order of their coming") {
  Fixture fixture;
  CHECK(fixture.queue.empty());
  Origin& a = fixture.origin("a");
  for (const char* name : {"1", "2", "3"}) fixture.push(a, name);
  CHECK_FALSE(fixture.queue.empty());
  CHECK(fixture.pop_all(Company::few) == "1 2 3 ");
  CHECK(fixture.queue.empty());
  CHECK(fixture.queue.pop() == nullptr);
}

TEST_CASE("origins take turns, however many orders one has") {
  Fixture fixture;
  Origin& a = fixture.origin("a");
  Origin& b = fixture.origin("b");
  for (const char* name : {"a1", "a2", "a3", "a4"}) fixture.push(a, name);
  for (const char* name : {"b1", "b2"}) fixture.push(b, name);
  fixture.push(fixture.origin("c"), "c1");
  CHECK(fixture.pop_all(Company::few) == "a1 b1 c1 a2 b2 a3 a4 ");
}

TEST_CASE("orders of an origin with much under way are in a line of their own") {
  Fixture fixture;
  fixture.push(fixture.busy_origin("busy", 33), "busy1");
  fixture.push(fixture.busy_origin("calm", 32), "calm1");
  CHECK(fixture.pop_all(Company::few) == "calm1 ");
  CHECK(fixture.pop_all(Company::many) == "busy1 ");
  CHECK(fixture.queue.empty());
}

TEST_CASE("an origin changes lines when it comes to the end of one") {
  Fixture fixture;
  Origin& a = fixture.origin("a");
  for (const char* name : {"1", "2", "3"}) fixture.push(a, name);
  fixture.busy_origin("a", 33);
  REQUIRE(fixture.queue.pop(Company::few) != nullptr);
  CHECK(fixture.pop_all(Company::few).empty());
  CHECK(fixture.pop_all(Company::many) == "2 3 ");
}

TEST_CASE("follow-ups come before the other orders of their origin, and not of another") {
  Fixture fixture;
  Origin& a = fixture.origin("a");
  Origin& b = fixture.origin("b");
  fixture.push(a, "a1");
  fixture.push(b, "b1");
  fixture.push(a, "a2", true);
  PostedOrder& third = fixture.push(a, "a3", true);
  PostedOrder& lone = fixture.push(fixture.origin("c"), "c1", true);
  fixture.push(a, "a4", true);
  fixture.queue.remove(third, a);
  fixture.queue.remove(lone, fixture.origin("c"));
  CHECK(fixture.pop_all(Company::few) == "a2 b1 a4 a1 ");
}

TEST_CASE("an order that is taken out leaves the others where they were") {
  Fixture fixture;
  Origin& a = fixture.origin("a");
  Origin& b = fixture.busy_origin("b", 40);
  PostedOrder& first = fixture.push(a, "a1");
  fixture.push(a, "a2");
  PostedOrder& lone = fixture.push(b, "b1");
  fixture.queue.remove(first, a);
  fixture.queue.remove(lone, b);  // its origin has none any more
  CHECK(fixture.queue.pop(Company::many) == nullptr);
  CHECK(fixture.pop_all(Company::few) == "a2 ");
  fixture.push(b, "b2");
  CHECK(fixture.pop_all(Company::many) == "b2 ");
}

}  // namespace
}  // namespace async_http_pool
