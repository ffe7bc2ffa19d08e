#include "base/mpsc_channel.hpp"

#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

struct Message : MpscNode {
  explicit Message(int message_number) : number(message_number) {}
  const int number;
};

using Channel = MpscChannel<Message>;

std::vector<int> numbers_of(Channel::Batch batch) {
  std::vector<int> numbers;
  while (const Message* message = batch.pop()) numbers.push_back(message->number);
  return numbers;
}

TEST_CASE("a channel hands messages out in the order of posting") {
  Channel channel;
  Message first(1);
  Message second(2);
  Message third(3);
  CHECK(channel.post(first) == PostResult::posted);
  CHECK(channel.post(second) == PostResult::posted);
  CHECK(channel.post(third) == PostResult::posted);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1, 2, 3});
  CHECK(channel.take().empty());
}

TEST_CASE("a batch is empty from the moment when its last message was popped") {
  Channel channel;
  Message only(1);
  REQUIRE(channel.post(only) == PostResult::posted);
  Channel::Batch batch = channel.take();
  CHECK_FALSE(batch.empty());
  CHECK(batch.pop() == &only);
  CHECK(batch.empty());
  CHECK(batch.pop() == nullptr);
}

TEST_CASE("a message that was taken can be posted again, while the rest of its batch waits") {
  Channel channel;
  Message first(1);
  Message second(2);
  REQUIRE(channel.post(first) == PostResult::posted);
  REQUIRE(channel.post(second) == PostResult::posted);
  Channel::Batch batch = channel.take();
  REQUIRE(batch.pop() == &first);
  REQUIRE(channel.post(first) == PostResult::posted);
  CHECK(numbers_of(std::move(batch)) == std::vector<int>{2});
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
}

TEST_CASE("of all posts to a sleeper exactly the first is told to wake it") {
  Channel channel;
  Message first(1);
  Message second(2);
  REQUIRE(channel.fall_asleep());
  CHECK(channel.post(first) == PostResult::posted_to_sleeper);
  CHECK(channel.post(second) == PostResult::posted);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1, 2});
}

TEST_CASE("a consumer must not fall asleep over messages") {
  Channel channel;
  Message message(1);
  REQUIRE(channel.post(message) == PostResult::posted);
  CHECK_FALSE(channel.fall_asleep());
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
  CHECK(channel.fall_asleep());
}

TEST_CASE("taking ends a sleep, with messages or without") {
  Channel channel;
  Message message(1);
  REQUIRE(channel.fall_asleep());
  CHECK(channel.take().empty());
  CHECK(channel.post(message) == PostResult::posted);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
  REQUIRE(channel.fall_asleep());
  CHECK(channel.post(message) == PostResult::posted_to_sleeper);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
}

TEST_CASE("a consumer that woke by itself is not woken, and loses nothing") {
  Channel channel;
  Message first(1);
  Message second(2);
  REQUIRE(channel.fall_asleep());
  channel.stay_awake();
  CHECK(channel.post(first) == PostResult::posted);
  channel.stay_awake();
  CHECK(channel.post(second) == PostResult::posted);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1, 2});
  REQUIRE(channel.fall_asleep());
  REQUIRE(channel.close().empty());
  channel.stay_awake();
  CHECK(channel.post(first) == PostResult::closed);
}

TEST_CASE("closing returns what was posted before, in order, and refuses the rest") {
  Channel channel;
  Message first(1);
  Message second(2);
  Message late(3);
  REQUIRE(channel.post(first) == PostResult::posted);
  REQUIRE(channel.post(second) == PostResult::posted);
  CHECK(numbers_of(channel.close()) == std::vector<int>{1, 2});
  CHECK(channel.post(late) == PostResult::closed);
  CHECK(channel.post(late) == PostResult::closed);
  CHECK(channel.close().empty());
}

TEST_CASE("closing a sleeper's channel returns nothing and leaves nobody to be woken") {
  Channel channel;
  Message message(1);
  REQUIRE(channel.fall_asleep());
  CHECK(channel.close().empty());
  CHECK(channel.post(message) == PostResult::closed);
  CHECK_FALSE(channel.fall_asleep());
}

TEST_CASE("a closed channel stays closed until it is reopened, whatever its consumer does") {
  Channel channel;
  Message message(1);
  REQUIRE(channel.close().empty());
  CHECK(channel.take().empty());
  CHECK_FALSE(channel.fall_asleep());
  CHECK(channel.post(message) == PostResult::closed);
  channel.reopen();
  CHECK(channel.post(message) == PostResult::posted);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
}

TEST_CASE("a refused message is as good as new for another channel") {
  Channel closed;
  Channel open;
  Message first(1);
  Message refused(2);
  REQUIRE(closed.close().empty());
  REQUIRE(closed.post(refused) == PostResult::closed);
  REQUIRE(open.post(first) == PostResult::posted);
  REQUIRE(open.post(refused) == PostResult::posted);
  CHECK(numbers_of(open.take()) == std::vector<int>{1, 2});
}

TEST_CASE("reopening an open channel loses nothing and wakes nobody") {
  Channel channel;
  Message message(1);
  REQUIRE(channel.post(message) == PostResult::posted);
  channel.reopen();
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
  REQUIRE(channel.fall_asleep());
  channel.reopen();
  CHECK(channel.post(message) == PostResult::posted_to_sleeper);
  CHECK(numbers_of(channel.take()) == std::vector<int>{1});
}

}  // namespace
}  // namespace async_http_pool
