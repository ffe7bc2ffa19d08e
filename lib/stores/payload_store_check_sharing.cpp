#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "stores/payload_store_check_rules.hpp"

namespace async_http_pool {
namespace {

using Context = PayloadStoreCheckContext;
using Stores = std::vector<std::shared_ptr<PayloadStore>>;

void stores_see_each_others_payloads(Context& context) {
  const auto one = context.make_store();
  const auto other = context.make_store();
  const std::string key = context.make_key();
  std::string stored = context.put(*one, key, "of one");
  context.expect_payload(*other, stored, "of one", "what another store has stored");
  stored = context.put(*other, key, "of the other");
  context.expect_payload(*one, stored, "of the other", "what another store has stored over it");
  one->remove(stored);
  context.expect_none(*other, stored, "what another store has removed");
}

void payload_outlives_its_store(Context& context) {
  const std::string stored = context.put(*context.make_store(), context.make_key(), "payload");
  context.expect_payload(*context.make_store(), stored, "payload", "after its store went");
}

/// Runs `action` for each round of each thread; what it throws is a fault.
void run_threads(Context& context, const std::function<void(int thread, int round)>& action) {
  std::vector<std::jthread> threads;  // joined whatever happens
  threads.reserve(static_cast<std::size_t>(context.options().threads));
  for (int thread = 0; thread < context.options().threads; ++thread) {
    threads.emplace_back([&context, &action, thread] {
      for (int round = 0; round < context.options().rounds_per_thread; ++round) {
        const std::string thrown = exception_of([&] { action(thread, round); });
        if (!thrown.empty()) context.find_fault(fmt::format("a thread threw {}", thrown));
      }
    });
  }
}

/// One for each thread: all the same, or each another.
Stores shared_store(Context& context) {
  return {static_cast<std::size_t>(context.options().threads), context.make_store()};
}
Stores separate_stores(Context& context) {
  Stores stores;
  for (int i = 0; i < context.options().threads; ++i) stores.push_back(context.make_store());
  return stores;
}

void threads_with_own_keys(Context& context, const Stores& stores) {
  run_threads(context, [&](int thread, int round) {
    PayloadStore& store = *stores[static_cast<std::size_t>(thread)];
    const std::string payload = fmt::format("thread {} round {}", thread, round);
    const std::string key = context.put(store, context.make_key(), payload);
    context.expect_payload(store, key, payload, "what the same thread has stored");
    store.remove(key);
    context.expect_none(store, key, "what the same thread has removed");
  });
}

void threads_with_own_keys_on_one_store(Context& context) {
  threads_with_own_keys(context, shared_store(context));
}
void threads_with_own_keys_on_own_stores(Context& context) {
  threads_with_own_keys(context, separate_stores(context));
}

/// Of a length and of letters by which a mixture of two, or a part, is known.
std::string payload_of(int thread) {
  const auto index = static_cast<std::size_t>(thread);
  return std::string(10'000 + index * 3000, static_cast<char>('a' + index % 26));
}

bool is_whole(std::string_view payload, int threads) {
  for (int thread = 0; thread < threads; ++thread) {
    if (payload == payload_of(thread)) return true;
  }
  return false;
}

void threads_on_one_key(Context& context, const Stores& stores) {
  const std::string key = context.make_key();
  const std::string first = context.put(*stores.front(), key, payload_of(0));
  run_threads(context, [&](int thread, int) {
    PayloadStore& store = *stores[static_cast<std::size_t>(thread)];
    const std::string stored = context.put(store, key, payload_of(thread));
    for (const std::string& by : {first, stored}) {
      const std::optional<std::string> got = store.fetch(by);
      if (!got.has_value()) {
        context.find_fault("a payload that others store over was gone for a while");
      } else if (!is_whole(*got, context.options().threads)) {
        context.find_fault(
            fmt::format("a reader saw {}, which nobody stored as a whole", describe_payload(*got)));
      }
    }
  });
}

void threads_on_one_key_and_store(Context& context) {
  threads_on_one_key(context, shared_store(context));
}
void threads_on_one_key_and_own_stores(Context& context) {
  threads_on_one_key(context, separate_stores(context));
}

void threads_store_and_remove_one_key(Context& context) {
  const auto store = context.make_store();
  const std::string key = context.make_key();
  run_threads(context, [&](int thread, int round) {
    const std::string stored = context.put(*store, key, payload_of(thread));
    const std::optional<std::string> got = store->fetch(stored);
    if (got.has_value() && !is_whole(*got, context.options().threads)) {
      context.find_fault(
          fmt::format("a reader saw {}, which nobody stored as a whole", describe_payload(*got)));
    }
    if (round % 2 == 0) store->remove(stored);
  });
}

constexpr PayloadStoreRule rules[] = {
    {"stores on one place see each other's payloads", stores_see_each_others_payloads},
    {"a payload outlives its store", payload_outlives_its_store},
    {"threads do not disturb each other", threads_with_own_keys_on_one_store},
    {"threads with stores of their own do not disturb each other",
     threads_with_own_keys_on_own_stores},
    {"threads on one key see whole payloads", threads_on_one_key_and_store},
    {"threads with stores of their own see whole payloads", threads_on_one_key_and_own_stores},
    {"threads that remove leave no parts", threads_store_and_remove_one_key},
};

}  // namespace

std::span<const PayloadStoreRule> sharing_rules() noexcept { return rules; }

}  // namespace async_http_pool
