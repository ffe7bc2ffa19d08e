// The channel between the threads that enqueue and the agent: no message may be lost, come twice or
// overtake another of its producer, whatever the consumer does meanwhile.
#include "base/mpsc_channel.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/watchdog.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <random>
#include <semaphore>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t producer_count = 8;
constexpr std::size_t messages_each = is_thread_sanitized ? 40'000 : 500'000;

struct Message : MpscNode {
  std::size_t producer = 0;
  std::size_t number = 0;
  int arrivals = 0;  // the consumer's
  int refusals = 0;  // the producer's, who may post it again
  bool gave_up = false;
};

struct Producer {
  std::unique_ptr<Message[]> messages;
  std::thread thread;
};

/// The consumer and what it finds wrong. Catch's assertions are for one thread only.
class Consumer {
 public:
  MpscChannel<Message> channel;

  void wake() { awake_.release(); }

  /// Until the last message comes, which is numbered `messages_each`.
  void run() {
    while (!has_last_) {
      const unsigned action = random_() % 64;
      if (action == 0) {
        receive(channel.close());
        ++closings;
        channel.reopen();
      } else if (action < 8 && channel.fall_asleep()) {
        ++sleeps;
        awake_.acquire();
      } else {
        receive(channel.take());
      }
    }
  }

  std::size_t arrived = 0;
  std::size_t overtaken = 0;
  std::size_t sleeps = 0;
  std::size_t closings = 0;

 private:
  void receive(MpscBatch<Message> batch) {
    while (Message* message = batch.pop()) {
      ++arrived;
      ++message->arrivals;
      std::size_t& next = next_number_[message->producer];
      if (message->number < next) ++overtaken;
      next = message->number + 1;
      has_last_ = has_last_ || message->number == messages_each;
    }
  }

  std::minstd_rand random_{7};
  std::counting_semaphore<> awake_{0};
  bool has_last_ = false;
  std::vector<std::size_t> next_number_ = std::vector<std::size_t>(producer_count);
};

/// Posts one message; refused, it tries again or gives up at random.
void post(Consumer& consumer, Message& message, std::minstd_rand& random,
          std::atomic<std::size_t>& wake_ups) {
  while (true) {
    switch (consumer.channel.post(message)) {
      case PostResult::posted:
        return;
      case PostResult::posted_to_sleeper:
        wake_ups.fetch_add(1, std::memory_order_relaxed);
        consumer.wake();
        return;
      case PostResult::closed:
        ++message.refusals;
        message.gave_up = random() % 2 == 0;
        if (message.gave_up) return;
    }
  }
}

}  // namespace

TEST_CASE("eight producers lose no message to a consumer that sleeps, closes and opens again") {
  const Watchdog watchdog("the channel", 5 * patience);
  Consumer consumer;
  std::atomic<std::size_t> wake_ups = 0;
  std::thread consumer_thread([&consumer] { consumer.run(); });
  std::vector<Producer> producers(producer_count);
  for (std::size_t index = 0; index < producer_count; ++index) {
    Producer& producer = producers[index];
    producer.messages = std::make_unique<Message[]>(messages_each);
    producer.thread = std::thread([&consumer, &producer, &wake_ups, index] {
      std::minstd_rand random(static_cast<unsigned>(index) + 1);
      for (std::size_t number = 0; number < messages_each; ++number) {
        Message& message = producer.messages[number];
        message.producer = index;
        message.number = number;
        post(consumer, message, random, wake_ups);
      }
    });
  }
  for (Producer& producer : producers) producer.thread.join();
  Message last;
  last.number = messages_each;  // after all others of the producer that it goes by
  bool is_posted = false;
  while (!is_posted) {  // wakes the consumer, should it sleep; it may be closed just now
    const PostResult result = consumer.channel.post(last);
    if (result == PostResult::posted_to_sleeper) consumer.wake();
    is_posted = result != PostResult::closed;
  }
  consumer_thread.join();

  std::size_t twice = 0;
  std::size_t lost = 0;
  std::size_t both = 0;
  std::size_t given_up = 0;
  for (const Producer& producer : producers) {
    for (std::size_t i = 0; i < messages_each; ++i) {
      const Message& message = producer.messages[i];
      given_up += message.gave_up ? 1 : 0;
      twice += message.arrivals > 1 ? 1 : 0;
      lost += !message.gave_up && message.arrivals == 0 ? 1 : 0;
      both += message.gave_up && message.arrivals != 0 ? 1 : 0;
    }
  }
  CHECK(lost == 0);
  CHECK(twice == 0);
  CHECK(both == 0);
  CHECK(consumer.overtaken == 0);
  CHECK(consumer.arrived + given_up == producer_count * messages_each + 1);
  CHECK(consumer.sleeps - wake_ups <= 1);  // the last message may have ended a sleep
  CHECK(last.arrivals == 1);
  CHECK(consumer.closings > 0);
  CHECK(consumer.sleeps > 0);
}
