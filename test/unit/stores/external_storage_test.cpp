// Documents beyond the threshold go into a store and come back. SEED.md, 1.10.
#include <async_http_pool/external_storage.hpp>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>
#include "base/agent_thread.hpp"
#include "support/catch.hpp"
#include "support/memory_store.hpp"

namespace async_http_pool {
namespace {

using test::MemoryStore;

std::string document(std::size_t bytes) {
  return R"({"x":")" + std::string(bytes - 8, 'x') + "\"}";
}

/// What `action` throws as an `Exception`.
template <typename Exception, typename Action>
std::string message_of(Action action) {
  try {
    static_cast<void>(action());
  } catch (const Exception& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

struct Fixture {
  std::shared_ptr<MemoryStore> old = std::make_shared<MemoryStore>();
  std::shared_ptr<MemoryStore> files = std::make_shared<MemoryStore>();
  Configuration configuration = Configuration()
                                    .register_payload_store("old", old)
                                    .register_payload_store("files", files)
                                    .set_payload_store_threshold(100);
  ExternalStorage storage{configuration};
};

TEST_CASE_METHOD(Fixture, "a document beyond the threshold becomes a reference, and comes back") {
  const std::string json = document(101);
  const std::string reference = storage.store(json);
  CHECK(ExternalStorage::is_storage_ref(reference));
  CHECK(files->size() == 1);
  CHECK(old->size() == 0);
  const Value parsed = Value::from_json(reference);
  CHECK(parsed["$ref"]["store"].as_string() == "files");
  CHECK(parsed["$ref"]["key"].as_string().size() == 36);
  CHECK(reference ==
        R"({"$ref":{"store":"files","key":")" + parsed["$ref"]["key"].as_string() + "\"}}");
  CHECK(storage.fetch(reference) == json);
  CHECK(storage.fetch(" " + reference + "\n") == json);
  CHECK(storage.store(json) != reference);  // a key of its own
}

TEST_CASE_METHOD(Fixture, "a document up to the threshold stays what it is") {
  for (const std::size_t bytes : {8U, 99U, 100U}) {
    CHECK(storage.store(document(bytes)) == document(bytes));
  }
  CHECK(files->size() == 0);
}

TEST_CASE_METHOD(Fixture, "a threshold of its own comes before the configuration's") {
  CHECK(storage.store(document(5000), 5000) == document(5000));
  CHECK(ExternalStorage::is_storage_ref(storage.store(document(5000), 4999)));
  CHECK(ExternalStorage::is_storage_ref(storage.store(document(8), 0)));
}

TEST_CASE("without a store all documents stay what they are") {
  const ExternalStorage storage{Configuration()};
  CHECK_FALSE(storage.is_enabled());
  CHECK(storage.store(document(1'000'000)) == document(1'000'000));
  CHECK(storage.store(document(8), 0) == document(8));
  CHECK(message_of<PayloadStoreNotFoundError>([&] {
          return storage.fetch(R"({"$ref":{"store":"zz","key":"k"}})");
        }) == "no payload store is registered");
  storage.remove(R"({"$ref":{"store":"zz","key":"k"}})");
}

TEST_CASE("64 KiB stay, and one byte more goes, unless the configuration says otherwise") {
  const ExternalStorage storage(
      Configuration().register_payload_store("m", std::make_shared<MemoryStore>()));
  CHECK(storage.is_enabled());
  CHECK(storage.store(document(65536)) == document(65536));
  CHECK(ExternalStorage::is_storage_ref(storage.store(document(65537))));
}

TEST_CASE_METHOD(Fixture, "references to all registered stores are read, whichever is the last") {
  const ExternalStorage before(Configuration().register_payload_store("old", old));
  const std::string reference = before.store(document(200), 1);
  CHECK(storage.fetch(reference) == document(200));
  storage.remove(reference);
  CHECK(old->size() == 0);
}

TEST_CASE_METHOD(Fixture, "it keeps the stores of the configuration it was made from") {
  configuration.register_payload_store("later", std::make_shared<MemoryStore>());
  configuration.set_payload_store_threshold(1);
  CHECK(storage.store(document(100)) == document(100));
  CHECK(storage.store(document(101)).find("\"files\"") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "what is no reference cannot be fetched") {
  for (const std::string& json :
       {document(8), document(101), std::string(), std::string("[]"), std::string("{\"$ref\":1}"),
        std::string(R"({"$ref":{"store":"files"}})")}) {
    INFO(json);
    CHECK(message_of<std::invalid_argument>([&] { return storage.fetch(json); }) ==
          "not a storage reference");
  }
}

TEST_CASE_METHOD(Fixture, "a store that is not registered, and a payload that is not there") {
  CHECK(message_of<PayloadStoreNotFoundError>([&] {
          return storage.fetch(R"({"$ref":{"store":"zz","key":"k"}})");
        }) == "payload store \"zz\" is not registered");
  CHECK(message_of<PayloadNotFoundError>([&] {
          return storage.fetch(R"({"$ref":{"store":"files","key":"k"}})");
        }) == "payload \"k\" is not in payload store \"files\"");
}

TEST_CASE_METHOD(Fixture, "removing is idempotent, and nothing for what is not there") {
  const std::string reference = storage.store(document(200));
  storage.remove(reference);
  CHECK(files->size() == 0);
  storage.remove(reference);
  CHECK_THROWS_AS(storage.fetch(reference), PayloadNotFoundError);
  storage.remove(document(8));
  storage.remove("");
  storage.remove("{\"$ref\":1}");
  storage.remove(R"({"$ref":{"store":"zz","key":"k"}})");
}

TEST_CASE_METHOD(Fixture, "a reference with a key that is none is refused by the store") {
  const std::string evil = R"({"$ref":{"store":"files","key":"../../etc/passwd"}})";
  CHECK_THROWS_AS(storage.fetch(evil), std::invalid_argument);
  CHECK_THROWS_AS(storage.remove(evil), std::invalid_argument);
}

/// Gives keys of its own, and fails when told.
class CustomStore final : public PayloadStore {
 public:
  explicit CustomStore(std::string key) : key_(std::move(key)) {}
  std::string store(std::string_view, std::string_view payload) override {
    if (fails) throw PayloadStoreError(PayloadStoreErrorCode::full, "full");
    payload_ = payload;
    return key_;
  }
  std::optional<std::string> fetch(std::string_view key) override {
    if (fails) throw PayloadStoreError(PayloadStoreErrorCode::unavailable, "away");
    return key == key_ ? payload_ : std::nullopt;
  }
  void remove(std::string_view key) override {
    if (fails) throw PayloadStoreError(PayloadStoreErrorCode::unavailable, "away");
    if (key == key_) payload_.reset();
  }
  [[nodiscard]] bool is_empty() const noexcept { return !payload_.has_value(); }

  bool fails = false;

 private:
  const std::string key_;
  std::optional<std::string> payload_;
};

TEST_CASE("a store may give keys of any text") {
  for (const std::string& key : {std::string("42"), std::string("a/b?c=\"d\"\n\\"),
                                 std::string("\xC3\xA9\xF0\x9F\x8E\x89"), std::string(8192, 'k')}) {
    const ExternalStorage storage(
        Configuration().register_payload_store("mine", std::make_shared<CustomStore>(key)));
    const std::string reference = storage.store(document(100), 1);
    CHECK(Value::from_json(reference)["$ref"]["key"].as_string() == key);
    CHECK(storage.fetch(reference) == document(100));
    storage.remove(reference);
    CHECK_THROWS_AS(storage.fetch(reference), PayloadNotFoundError);
  }
}

TEST_CASE("a key that no reference can hold is the store's failure, and leaves nothing behind") {
  for (const std::string& key : {std::string(), std::string("\xFF"), std::string(8193, 'k')}) {
    const auto store = std::make_shared<CustomStore>(key);
    const ExternalStorage storage(Configuration().register_payload_store("mine", store));
    const std::string message =
        message_of<PayloadStoreError>([&] { return storage.store(document(100), 1); });
    CHECK(message.find("payload store \"mine\" returned a key that is not UTF-8 of 1 to 8192") ==
          0);
    CHECK(store->is_empty());
  }
}

TEST_CASE("what the store throws comes through") {
  const auto store = std::make_shared<CustomStore>("k");
  const ExternalStorage storage(Configuration().register_payload_store("mine", store));
  const std::string reference = storage.store(document(100), 1);
  store->fails = true;
  CHECK(message_of<PayloadStoreError>([&] { return storage.store(document(100), 1); }) == "full");
  CHECK(message_of<PayloadStoreError>([&] { return storage.fetch(reference); }) == "away");
  CHECK_THROWS_AS(storage.remove(reference), PayloadStoreError);
}

TEST_CASE_METHOD(Fixture, "on an agent thread stores are not to be waited for") {
  const std::string reference = storage.store(document(200));
  const AgentThreadMark mark(this);
  CHECK(message_of<std::logic_error>([&] { return storage.store(document(8)); }) ==
        "ExternalStorage::store must not be called on an agent thread: it would hold up all its "
        "requests");
  CHECK_THROWS_AS(storage.store(document(8), 1), std::logic_error);
  CHECK_THROWS_AS(storage.fetch(reference), std::logic_error);
  CHECK_THROWS_AS(storage.remove(reference), std::logic_error);
  CHECK(files->size() == 1);
  CHECK(ExternalStorage::is_storage_ref(reference));
}

TEST_CASE("copies share the stores") {
  const auto store = std::make_shared<MemoryStore>();
  ExternalStorage copy{Configuration()};
  std::string reference;
  {
    const ExternalStorage storage(Configuration().register_payload_store("m", store));
    reference = storage.store(document(100), 1);
    copy = storage;
  }
  CHECK(copy.fetch(reference) == document(100));
}

TEST_CASE_METHOD(Fixture, "the original's reference is read") {
  std::ifstream file(AHP_TEST_DATA_DIR "/golden/storage_ref.json", std::ios::binary);
  REQUIRE(file.is_open());
  const std::string golden((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
  files->store("7f9c2ba4-e88f-427d-9f5c-0d9f6d0f2a11", "{}");
  CHECK(ExternalStorage::is_storage_ref(golden));
  CHECK(storage.fetch(golden) == "{}");
  storage.remove(golden);
  CHECK(files->size() == 0);
}

}  // namespace
}  // namespace async_http_pool
