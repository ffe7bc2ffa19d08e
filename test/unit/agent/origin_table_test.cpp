#include "agent/origin_table.hpp"

#include <deque>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr const char* a = "http://a:80";

/// Makes an origin idle: with one connection and no transfer.
Origin& make_idle(OriginTable& table, const std::string& name, int fd) {
  Origin& origin = table.begin_transfer(name);
  table.add_socket(origin, 0, fd);
  table.end_transfer(origin);
  return origin;
}

TEST_CASE("transfers of one name are of one origin, and counted") {
  OriginTable table;
  Origin& first = table.begin_transfer(a);
  Origin& second = table.begin_transfer(a);
  Origin& other = table.begin_transfer("https://a:443");
  CHECK(&first == &second);
  CHECK(&first != &other);
  CHECK(first.name == a);
  CHECK(first.transfers == 2);
  CHECK(other.transfers == 1);
  table.end_transfer(first);
  CHECK(first.transfers == 1);
}

TEST_CASE("an origin is forgotten with its last transfer and its last connection") {
  OriginTable table;
  Origin& origin = table.begin_transfer(a);
  origin.is_multiplexed = true;  // to be known again by
  table.add_socket(origin, 0, 5);
  table.end_transfer(origin);
  CHECK(&table.begin_transfer(a) == &origin);
  table.end_transfer(origin);
  table.remove_socket(origin, 0, 5);  // gone

  CHECK_FALSE(table.begin_transfer(a).is_multiplexed);
}

TEST_CASE("an origin with a transfer and no connection stays") {
  OriginTable table;
  Origin& origin = table.begin_transfer(a);
  table.add_socket(origin, 0, 5);
  table.remove_socket(origin, 0, 5);
  CHECK(&table.begin_transfer(a) == &origin);
  CHECK(origin.transfers == 2);
  CHECK(origin.sockets.empty());
}

TEST_CASE("connections are counted lane by lane") {
  OriginTable table;
  Origin& origin = table.begin_transfer(a);
  table.add_socket(origin, 3, 10);
  table.add_socket(origin, 3, 11);
  table.add_socket(origin, 0, 12);
  REQUIRE(origin.lanes.size() == 4);
  CHECK(origin.lanes[0].sockets == 1);
  CHECK(origin.lanes[1].sockets == 0);
  CHECK(origin.lanes[3].sockets == 2);
  table.remove_socket(origin, 3, 10);
  CHECK(origin.lanes[3].sockets == 1);
  CHECK(origin.sockets.size() == 2);
}

TEST_CASE("a lane takes one more where a connection is free, or is shared by many") {
  OriginTable table;
  Origin& origin = table.begin_transfer(a);
  table.add_socket(origin, 1, 10);
  CHECK_FALSE(origin.has_connection_for_more(0));
  CHECK_FALSE(origin.has_connection_for_more(1));
  CHECK_FALSE(origin.has_connection_for_more(99));
  origin.use_of(1).free_sockets = 1;
  CHECK(origin.has_connection_for_more(1));
  origin.use_of(1).free_sockets = 0;
  origin.is_multiplexed = true;
  CHECK(origin.has_connection_for_more(1));
  CHECK_FALSE(origin.has_connection_for_more(0));
}

TEST_CASE("the surplus is the idle origin that was used least recently") {
  OriginTable table;
  CHECK(table.surplus(0) == nullptr);
  Origin& first = make_idle(table, "http://1:80", 1);
  Origin& second = make_idle(table, "http://2:80", 2);
  Origin& third = make_idle(table, "http://3:80", 3);
  CHECK(table.surplus(3) == nullptr);
  CHECK(table.surplus(2) == &first);
  table.end_transfer(table.begin_transfer("http://1:80"));  // used again: now the youngest
  CHECK(table.surplus(2) == &second);
  table.remove_socket(second, 0, 2);
  CHECK(table.surplus(2) == nullptr);
  CHECK(table.surplus(1) == &third);
}

TEST_CASE("an origin in use is no surplus, whatever its connections do") {
  OriginTable table;
  Origin& busy = make_idle(table, a, 1);
  REQUIRE(table.surplus(0) == &busy);
  table.begin_transfer(a);
  CHECK(table.surplus(0) == nullptr);
  table.add_socket(busy, 0, 2);
  table.remove_socket(busy, 0, 1);
  CHECK(table.surplus(0) == nullptr);
  table.end_transfer(busy);
  CHECK(table.surplus(0) == &busy);
}

TEST_CASE("more connections of an idle origin do not make it younger, nor count it twice") {
  OriginTable table;
  Origin& old = make_idle(table, "http://old:80", 1);
  make_idle(table, "http://young:80", 2);
  table.add_socket(old, 0, 3);
  CHECK(table.surplus(2) == nullptr);
  CHECK(table.surplus(1) == &old);
  table.remove_socket(old, 0, 1);
  CHECK(table.surplus(1) == &old);
  table.remove_socket(old, 0, 3);
  CHECK(table.surplus(1) == nullptr);
}

TEST_CASE("each origin has a home of its own, the same for as long as it is known") {
  OriginTable table;
  Origin& first = table.begin_transfer(a);
  Origin& second = table.begin_transfer("http://b:80");
  CHECK(table.home_of(first) == 0);
  CHECK(table.home_of(second) == 1);
  CHECK(table.home_of(first) == 0);
  table.add_socket(first, 0, 5);
  table.end_transfer(first);
  CHECK(table.home_of(table.begin_transfer("http://c:80")) == 2);  // a connection keeps the first
}

TEST_CASE("the home of an origin that is forgotten is the next newcomer's") {
  OriginTable table;
  Origin& first = table.begin_transfer(a);
  Origin& second = table.begin_transfer("http://b:80");
  REQUIRE(table.home_of(first) == 0);
  REQUIRE(table.home_of(second) == 1);
  table.end_transfer(first);
  CHECK(table.home_of(table.begin_transfer("http://c:80")) == 0);
  CHECK(table.home_of(table.begin_transfer(a)) == 2);
}

TEST_CASE("a lane has no more transfers of an origin that may speak HTTP/2 than streams") {
  OriginTable table;
  Origin& tls = table.begin_transfer("https://a:443");
  Origin& plain = table.begin_transfer(a);
  for (Origin* origin : {&tls, &plain}) origin->use_of(1).transfers = 2;
  CHECK(tls.has_streams_for_more(1, 3));
  CHECK_FALSE(tls.has_streams_for_more(1, 2));
  CHECK(tls.has_streams_for_more(0, 2));
  CHECK(tls.has_streams_for_more(7, 2));  // a lane that it has not seen yet
  CHECK(plain.has_streams_for_more(1, 2));
  plain.is_multiplexed = true;  // with prior knowledge
  CHECK_FALSE(plain.has_streams_for_more(1, 2));
}

TEST_CASE("the sockets of an origin are many while many of them are in use") {
  OriginTable table;
  Origin& origin = table.begin_transfer(a);
  for (int fd = 0; fd < 40; ++fd) table.add_socket(origin, 0, fd);
  struct Transfer final : OriginQueue::Entry {};
  std::deque<Transfer> transfers;
  const auto set_used = [&](std::size_t count) {
    while (transfers.size() < count)
      origin.queue.enter(transfers.emplace_back(), OriginQueue::unlimited);
    for (; transfers.size() > count; transfers.pop_back()) origin.queue.leave(transfers.back());
    return origin.update_socket_company();
  };
  CHECK(set_used(0) == Company::few);  // of idle ones there may be any number
  CHECK(set_used(32) == Company::few);
  CHECK(set_used(33) == Company::many);
  CHECK(set_used(16) == Company::many);  // not back and forth with each request
  CHECK(set_used(15) == Company::few);
  CHECK(set_used(32) == Company::few);
  for (int fd = 1; fd < 40; ++fd) table.remove_socket(origin, 0, fd);
  CHECK(set_used(100) == Company::few);  // on one connection
  set_used(0);
}

}  // namespace
}  // namespace async_http_pool
