#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "stores/payload_key.hpp"
#include "stores/payload_store_check_rules.hpp"
#include "stores/storage_reference.hpp"

namespace async_http_pool {
namespace {

using Context = PayloadStoreCheckContext;

void missing_payload_is_none(Context& context) {
  context.expect_none(context.store(), context.make_key(), "a key that nothing was stored under");
}

void removing_twice_is_removing_once(Context& context) {
  context.store().remove(context.make_key());
  const std::string key = context.put(context.make_key(), "payload");
  context.store().remove(key);
  context.store().remove(key);
}

void removed_payload_is_none(Context& context) {
  const std::string key = context.put(context.make_key(), "payload");
  context.store().remove(key);
  context.expect_none(context.store(), key, "after it was removed");
}

void removed_payload_can_be_stored_again(Context& context) {
  const std::string key = context.make_key();
  context.store().remove(context.put(key, "payload"));
  context.expect_payload(context.put(key, "another"), "another", "stored after it was removed");
}

/// Most of them with a name that is free: a store that takes one must not harm what is there.
std::vector<std::string> bad_keys(const std::string& name) {
  std::vector<std::string> keys = {"", ".", "..", std::string(payload_key_bytes_max + 1, 'k'),
                                   std::string(100'000, 'k')};
  for (const std::string_view start : {".", "../", "./", "/", "a/", "a\\", " ", "~/", "\xC3\xA9"}) {
    keys.push_back(std::string(start) + name);
  }
  for (const std::string_view end : {"/", "/..", " ", "\n", "\r\nDEL", ":b", "*", "?b", "%2Fb", "#",
                                     "{1}", "\xC3\xA9", "\xFF"}) {
    keys.push_back(name + std::string(end));
  }
  keys.push_back(name + '\0');
  keys.push_back(name + '\0' + 'b');
  return keys;
}

/// Expects `std::invalid_argument` of `action`.
void expect_refusal(Context& context, const std::string& key, std::string_view member,
                    const std::function<void()>& action) {
  const auto blame = [&](std::string_view what) {
    context.find_fault(fmt::format("{} of {} {}", member, quoted(key), what));
  };
  try {
    action();
  } catch (const std::invalid_argument&) {
    return;
  } catch (const std::exception& error) {
    return blame(fmt::format("threw {}, not std::invalid_argument", quoted(error.what())));
  }
  blame("did not throw std::invalid_argument");
}

void bad_keys_are_refused(Context& context) {
  PayloadStore& store = context.store();
  for (const std::string& key : bad_keys(context.make_key())) {
    // Not through the context: what took such a key may not be able to remove it.
    expect_refusal(context, key, "store", [&] { static_cast<void>(store.store(key, "payload")); });
    expect_refusal(context, key, "fetch", [&] { static_cast<void>(store.fetch(key)); });
    expect_refusal(context, key, "remove", [&] { store.remove(key); });
  }
}

void good_keys_are_taken(Context& context) {
  std::string longest = context.make_key();
  longest.resize(payload_key_bytes_max, 'k');
  const std::string keys[] = {longest, context.make_key("-_.AZaz09"), context.make_key("..x."),
                              "-" + context.make_key(), "_" + context.make_key()};
  for (const std::string& key : keys) {
    context.expect_payload(context.put(key, key), key, fmt::format("under {}", quoted(key)));
  }
  // Short ones may be in use, so nothing is stored there.
  for (const std::string_view key : {"k", "0", "-", "_"}) {
    static_cast<void>(context.store().fetch(key));
  }
}

void keys_do_not_disturb_each_other(Context& context) {
  const std::string common = context.make_key();
  std::vector<std::string> stored;
  const std::string keys[] = {
      common,       common + "-",     common + "x",          common + "X",    common + "..",
      common + "0", common + ".json", common + ".json.json", common + ".tmp", "x" + common};
  for (const std::string& key : keys) stored.push_back(context.put(key, key));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    context.expect_payload(stored[i], keys[i], fmt::format("under {}", quoted(keys[i])));
  }
  context.store().remove(stored[0]);
  context.expect_none(context.store(), stored[0], "after it was removed");
  for (std::size_t i = 1; i < stored.size(); ++i) {
    context.expect_payload(stored[i], keys[i], "after a key that is like it was removed");
  }
}

/// Keys of the store's own making have to fit into references.
void returned_key_is_the_one_to_fetch_by(Context& context) {
  const std::string wanted = context.make_key();
  const std::string key = context.put(wanted, "payload");
  if (!is_stored_key(key)) {
    context.find_fault(fmt::format("the key returned is not UTF-8 of 1 to {} bytes: {}",
                                   stored_key_bytes_max, quoted(key)));
  }
  context.expect_payload(key, "payload", fmt::format("by the key returned, {}", quoted(key)));
  context.store().remove(key);
  context.expect_none(context.store(), key, "after removing by the key returned");
}

constexpr PayloadStoreRule rules[] = {
    {"a missing payload is none", missing_payload_is_none},
    {"removing twice is removing once", removing_twice_is_removing_once},
    {"a removed payload is none", removed_payload_is_none},
    {"a removed payload can be stored again", removed_payload_can_be_stored_again},
    {"keys that are none are refused", bad_keys_are_refused},
    {"all keys by the rule are taken", good_keys_are_taken},
    {"keys do not disturb each other", keys_do_not_disturb_each_other},
    {"the key returned is the one to fetch by", returned_key_is_the_one_to_fetch_by},
};

}  // namespace

std::span<const PayloadStoreRule> key_rules() noexcept { return rules; }

}  // namespace async_http_pool
