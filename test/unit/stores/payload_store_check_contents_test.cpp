// Stores that give back what was not stored are found.
#include <async_http_pool/payload_store_check.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "unit/stores/payload_store_findings.hpp"

namespace async_http_pool {
namespace {

using test::MemoryStore;

/// Keeps what it is told to, as a store does that only changes payloads.
template <typename Change>
class ChangingStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    return MemoryStore::store(key, Change()(std::string(payload)));
  }
};

struct CutAtNul {
  std::string operator()(const std::string& payload) const { return payload.c_str(); }
};
struct CutAt64KiB {
  std::string operator()(const std::string& payload) const { return payload.substr(0, 65536); }
};
struct CutAt1MiB {
  std::string operator()(const std::string& payload) const {
    return payload.substr(0, std::size_t{1} << 20);
  }
};
struct DropCarriageReturns {
  std::string operator()(std::string payload) const {
    std::erase(payload, '\r');
    return payload;
  }
};
struct AddLineEnd {
  std::string operator()(const std::string& payload) const { return payload + "\n"; }
};
struct SevenBits {
  std::string operator()(std::string payload) const {
    for (char& c : payload) c = static_cast<char>(c & 0x7F);
    return payload;
  }
};

TEST_CASE("a store that changes payloads is found") {
  const std::string_view rule = "a payload comes back byte for byte";
  CHECK(finds(findings_of<ChangingStore<CutAtNul>>(), rule));
  CHECK(finds(findings_of<ChangingStore<DropCarriageReturns>>(), rule));
  CHECK(finds(findings_of<ChangingStore<AddLineEnd>>(), rule));
  CHECK(finds(findings_of<ChangingStore<SevenBits>>(), rule));
  CHECK(finds(findings_of<ChangingStore<CutAt64KiB>>(), "payloads of all sizes come back"));
  CHECK(finds(findings_of<ChangingStore<CutAt1MiB>>(), "a large payload comes back"));
}

class EmptyIsNone : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override {
    Fetched payload = MemoryStore::fetch(key);
    return payload.has_value() && payload->empty() ? std::nullopt : payload;
  }
};
class FirstWins : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    const std::lock_guard lock(place().mutex);
    place().payloads.try_emplace(std::string(key), payload);
    return std::string(key);
  }
};
/// As who writes over a file without making it shorter.
class LeavesTail : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    const std::lock_guard lock(place().mutex);
    std::string& old = place().payloads[std::string(key)];
    old.replace(0, std::min(old.size(), payload.size()), payload);
    return std::string(key);
  }
};
class FetchTakes : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override {
    Fetched payload = MemoryStore::fetch(key);
    MemoryStore::remove(key);
    return payload;
  }
};
/// Looks at the caller's buffer once more, later.
class KeepsView : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    // Other rules let their buffers go: only this one's length is kept.
    const std::lock_guard lock(place().mutex);
    if (payload.size() == 1000) views_.insert_or_assign(std::string(key), payload);
    place().payloads.insert_or_assign(std::string(key), std::string(payload));
    return std::string(key);
  }
  Fetched fetch(Key key) override {
    const std::lock_guard lock(place().mutex);
    if (const auto view = views_.find(key); view != views_.end()) return std::string(view->second);
    const auto found = place().payloads.find(key);
    return found == place().payloads.end() ? Fetched() : found->second;
  }
  void remove(Key key) override {
    MemoryStore::remove(key);
    const std::lock_guard lock(place().mutex);
    views_.erase(std::string(key));
  }

 private:
  std::map<std::string, std::string_view, std::less<>> views_;
};

TEST_CASE("a store that gives another payload than the last is found") {
  CHECK(finds(findings_of<EmptyIsNone>(), "a payload comes back byte for byte"));
  CHECK(finds(findings_of<FirstWins>(), "the last of several payloads wins"));
  CHECK(finds(findings_of<LeavesTail>(), "the last of several payloads wins"));
  CHECK(finds(findings_of<FetchTakes>(), "a payload that was fetched is still there"));
  CHECK(finds(findings_of<KeepsView>(), "a store copies what it is given"));
}

}  // namespace
}  // namespace async_http_pool
