// Stores with other ideas of keys, and of what is not there, are found.
#include <async_http_pool/payload_store_check.hpp>

#include <mutex>
#include <stdexcept>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/refusal.hpp"
#include "unit/stores/payload_store_findings.hpp"

namespace async_http_pool {
namespace {

using test::MemoryStore;

class MissingIsEmpty : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override { return MemoryStore::fetch(key).value_or(""); }
};
class MissingThrows : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override {
    Fetched payload = MemoryStore::fetch(key);
    if (!payload.has_value()) throw PayloadStoreError(PayloadStoreErrorCode::internal, "missing");
    return payload;
  }
};
class RemoveMissingThrows : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  void remove(Key key) override {
    if (!MemoryStore::fetch(key)) {
      throw PayloadStoreError(PayloadStoreErrorCode::internal, "missing");
    }
    MemoryStore::remove(key);
  }
};
/// Remembers for good what was removed.
class RemovesForEver : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    {
      const std::lock_guard lock(place().mutex);
      if (place().payloads.contains("removed-" + std::string(key))) return std::string(key);
    }
    return MemoryStore::store(key, payload);
  }
  void remove(Key key) override {
    MemoryStore::remove(key);
    const std::lock_guard lock(place().mutex);
    place().payloads.insert_or_assign("removed-" + std::string(key), "");
  }
};

TEST_CASE("a store that is wrong about what is not there is found") {
  CHECK(finds(findings_of<MissingIsEmpty>(), "a missing payload is none"));
  CHECK(finds(findings_of<MissingThrows>(), "a missing payload is none"));
  CHECK(finds(findings_of<RemoveMissingThrows>(), "removing twice is removing once"));
  CHECK(finds(findings_of<NeverRemoves>(), "a removed payload is none"));
  CHECK(finds(findings_of<RemovesForEver>(), "a removed payload can be stored again"));
}

/// Takes all keys in one of its members.
template <bool in_store, bool in_fetch, bool in_remove>
class LenientStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    return in_store && !is_key(key) ? std::string(key) : MemoryStore::store(key, payload);
  }
  Fetched fetch(Key key) override {
    return in_fetch && !is_key(key) ? Fetched() : MemoryStore::fetch(key);
  }
  void remove(Key key) override {
    if (!in_remove || is_key(key)) MemoryStore::remove(key);
  }

 private:
  static bool is_key(Key key) {
    return refusal_of([key] {
             check_key(key);
             return 0;
           }) == "(nothing was refused)";
  }
};
/// Refuses bad keys, but not as it should.
class OtherRefusal : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override {
    try {
      return MemoryStore::fetch(key);
    } catch (const std::invalid_argument&) {
      throw PayloadStoreError(PayloadStoreErrorCode::internal, "bad key");
    }
  }
};
template <std::size_t bytes_max>
class ShortKeys : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    if (key.size() > bytes_max) throw std::invalid_argument("too long a key");
    return MemoryStore::store(key, payload);
  }
};
class RefusesShortKeys : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Fetched fetch(Key key) override {
    if (key.size() < 2) throw std::invalid_argument("too short a key");
    return MemoryStore::fetch(key);
  }
};
template <typename ChangeKey>
class MixesKeys : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    check_key(key);
    MemoryStore::store(ChangeKey()(key), payload);
    return std::string(key);
  }
  Fetched fetch(Key key) override {
    check_key(key);
    return MemoryStore::fetch(ChangeKey()(key));
  }
  void remove(Key key) override {
    check_key(key);
    MemoryStore::remove(ChangeKey()(key));
  }
};
struct LowerCase {
  std::string operator()(Key key) const {
    std::string lower(key);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower;
  }
};
struct WithoutExtension {
  std::string operator()(Key key) const {
    return std::string(key.ends_with(".json") ? key.substr(0, key.size() - 5) : key);
  }
};
class RemovesAllThatBegin : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  void remove(Key key) override {
    check_key(key);
    const std::lock_guard lock(place().mutex);
    std::erase_if(place().payloads,
                  [key](const auto& entry) { return entry.first.starts_with(key); });
  }
};

TEST_CASE("a store with other ideas of keys is found") {
  const std::string_view refused = "keys that are none are refused";
  CHECK(finds(findings_of<LenientStore<true, false, false>>(), refused));
  CHECK(finds(findings_of<LenientStore<false, true, false>>(), refused));
  CHECK(finds(findings_of<LenientStore<false, false, true>>(), refused));
  CHECK(finds(findings_of<OtherRefusal>(), refused));
  CHECK(finds(findings_of<ShortKeys<199>>(), "all keys by the rule are taken"));
  CHECK(finds(findings_of<RefusesShortKeys>(), "all keys by the rule are taken"));
  CHECK(finds(findings_of<MixesKeys<LowerCase>>(), "keys do not disturb each other"));
  CHECK(finds(findings_of<MixesKeys<WithoutExtension>>(), "keys do not disturb each other"));
  CHECK(finds(findings_of<RemovesAllThatBegin>(), "keys do not disturb each other"));
}

class ReturnsOtherKey : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    return MemoryStore::store(key, payload) + "-other";
  }
};
/// Gives keys of its own that are no text.
class ReturnsNoText : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::string store(Key key, Payload payload) override {
    return "\xFF" + MemoryStore::store(key, payload);
  }
  Fetched fetch(Key key) override { return MemoryStore::fetch(own(key)); }
  void remove(Key key) override { MemoryStore::remove(own(key)); }

 private:
  static Key own(Key key) { return key.starts_with('\xFF') ? key.substr(1) : key; }
};

TEST_CASE("a store that returns a key of no use is found") {
  const std::string_view rule = "the key returned is the one to fetch by";
  CHECK(finds(findings_of<ReturnsOtherKey>(), rule));
  CHECK(finds(findings_of<ReturnsNoText>(), rule));
}

TEST_CASE("a store that gives keys of its own keeps the rules") {
  class Numbers final : public MemoryStore {
   public:
    using MemoryStore::MemoryStore;
    std::string store(Key key, Payload payload) override {
      check_key(key);
      const std::lock_guard lock(place().mutex);
      const std::string own =
          std::to_string(place().payloads.size()) + "-" + std::string(key.substr(0, 100));
      place().payloads.insert_or_assign(own, std::string(payload));
      return own;
    }
  };
  for (const auto& finding : findings_of<Numbers>()) {
    // It does not replace, and cannot keep long keys apart.
    if (finding.rule != "keys do not disturb each other") {
      UNSCOPED_INFO(finding.rule << ": " << finding.detail);
      CHECK(finding.rule == "all is well");
    }
  }
}

}  // namespace
}  // namespace async_http_pool
