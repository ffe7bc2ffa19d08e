#include "support/slow_resolver.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <string_view>

namespace async_http_pool::test {

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;
  std::size_t generation = 0;  // of SlowResolver objects: who waits for an older one is free to go
  std::size_t blocked = 0;
};

/// Never destroyed: libcurl leaves lookups that nobody waits for any more to their threads, which
/// may outlive main.
State& state() {
  static State* const instance = new State;
  return *instance;
}

void wait_until_open() {
  State& shared = state();
  std::unique_lock lock(shared.mutex);
  if (shared.open) return;
  const std::size_t generation = shared.generation;
  ++shared.blocked;
  shared.changed.notify_all();
  shared.changed.wait_for(lock, 20s,
                          [&] { return shared.open || shared.generation != generation; });
  --shared.blocked;
  shared.changed.notify_all();
}

bool is_literal_address(const char* node) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return ::inet_pton(AF_INET, node, address.data()) == 1 ||
         ::inet_pton(AF_INET6, node, address.data()) == 1;
}

using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

/// ::1, then 127.0.0.1; as far as the hints want them.
int resolve_both(Resolve real, const char* service, const addrinfo* hints, addrinfo** result) {
  addrinfo* v4 = nullptr;
  const int v4_code = real("127.0.0.1", service, hints, &v4);
  if (real("::1", service, hints, result) != 0) {
    *result = v4;
    return v4_code;
  }
  addrinfo* last = *result;
  while (last->ai_next != nullptr) last = last->ai_next;
  last->ai_next = v4;  // freeaddrinfo takes them one by one
  return 0;
}

}  // namespace

SlowResolver::SlowResolver() {
  const std::lock_guard lock(state().mutex);
  state().open = false;
  ++state().generation;
}

SlowResolver::~SlowResolver() { open(); }

void SlowResolver::open() {
  const std::lock_guard lock(state().mutex);
  state().open = true;
  state().changed.notify_all();
}

bool SlowResolver::wait_for_blocked(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(state().mutex);
  return state().changed.wait_for(lock, timeout, [&] { return state().blocked >= count; });
}

}  // namespace async_http_pool::test

/// Must be in the executable's dynamic symbol table (meson: `export_dynamic: true`), or libcurl
/// does not see it.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node,
                                                                  const char* service,
                                                                  const addrinfo* hints,
                                                                  addrinfo** result) {
  using namespace async_http_pool::test;
  static const auto real = reinterpret_cast<Resolve>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (real == nullptr) return EAI_SYSTEM;
  const bool is_no_question = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (node == nullptr || is_no_question || is_literal_address(node))
    return real(node, service, hints, result);

  std::string_view name(node);
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.ends_with(".both.test")) return resolve_both(real, service, hints, result);
  const bool is_slow = name.ends_with(".slow.test");
  if (is_slow) wait_until_open();
  if (is_slow || name == "localhost" || name.ends_with(".local.test")) {
    return real("127.0.0.1", service, hints, result);
  }
  if (name.ends_with(".twice.test")) {
    const int failure = real("127.0.0.2", service, hints, result);
    return failure != 0 ? failure : real("127.0.0.1", service, hints, &(*result)->ai_next);
  }
  return name.ends_with(".memory.test") ? EAI_MEMORY : EAI_NONAME;
}
