#include "agent/origin_queue.hpp"

#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

class Transfer final : public OriginQueue::Entry {};

TEST_CASE("without a limit every transfer has a slot at once") {
  OriginQueue queue;
  std::vector<Transfer> transfers(100);
  for (Transfer& transfer : transfers) {
    queue.enter(transfer, OriginQueue::unlimited);
    CHECK(transfer.has_slot());
  }
  CHECK_FALSE(queue.has_waiting());
  for (Transfer& transfer : transfers) queue.leave(transfer);
}

TEST_CASE("beyond the limit transfers wait, and are admitted in the order of their coming") {
  OriginQueue queue;
  Transfer transfers[5];
  for (Transfer& transfer : transfers) queue.enter(transfer, 2);
  CHECK(transfers[0].has_slot());
  CHECK(transfers[1].has_slot());
  CHECK_FALSE(transfers[2].has_slot());
  CHECK(queue.admit_next(2) == nullptr);

  queue.leave(transfers[1]);
  CHECK(queue.admit_next(2) == &transfers[2]);
  CHECK(transfers[2].has_slot());
  CHECK(queue.admit_next(2) == nullptr);
  queue.leave(transfers[0]);
  CHECK(queue.admit_next(2) == &transfers[3]);
  queue.leave(transfers[2]);
  CHECK(queue.admit_next(2) == &transfers[4]);
  CHECK_FALSE(queue.has_waiting());
  queue.leave(transfers[3]);
  queue.leave(transfers[4]);
  CHECK(queue.admit_next(2) == nullptr);
}

TEST_CASE("one that gives up waiting takes no slot, and makes none") {
  OriginQueue queue;
  Transfer transfers[3];
  for (Transfer& transfer : transfers) queue.enter(transfer, 1);
  queue.leave(transfers[1]);
  CHECK(queue.admit_next(1) == nullptr);
  queue.leave(transfers[0]);
  CHECK(queue.admit_next(1) == &transfers[2]);
  queue.leave(transfers[2]);
}

TEST_CASE("a newcomer does not pass those that wait, though there are more slots now") {
  OriginQueue queue;
  Transfer transfers[3];
  queue.enter(transfers[0], 1);
  queue.enter(transfers[1], 1);
  queue.enter(transfers[2], 10);
  CHECK_FALSE(transfers[2].has_slot());
  CHECK(queue.admit_next(10) == &transfers[1]);
  CHECK(queue.admit_next(10) == &transfers[2]);
  for (Transfer& transfer : transfers) queue.leave(transfer);
}

TEST_CASE("with fewer slots than are taken nobody is admitted until enough are free") {
  OriginQueue queue;
  Transfer transfers[4];
  for (Transfer& transfer : transfers) queue.enter(transfer, 3);
  queue.leave(transfers[0]);
  CHECK(queue.admit_next(1) == nullptr);
  queue.leave(transfers[1]);
  queue.leave(transfers[2]);
  CHECK(queue.admit_next(1) == &transfers[3]);
  queue.leave(transfers[3]);
}

}  // namespace
}  // namespace async_http_pool
