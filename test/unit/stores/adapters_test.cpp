// Stores made by the name of their adapter, from options.
#include "stores/adapters.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/file_store.hpp>
#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/refusal.hpp"
#include "support/temp_directory.hpp"

namespace async_http_pool {
namespace {

using test::MemoryStore;
using test::TempDirectory;

std::string refusal(Configuration& configuration, std::string_view adapter, const Value& options) {
  return refusal_of([&] {
    configuration.register_payload_store("x", adapter, options);
    return 0;
  });
}

TEST_CASE("the adapter \"file\" makes a file store from its options") {
  const TempDirectory directory;
  const std::string path = (directory.path() / "payloads").string();
  Configuration configuration;
  configuration.register_payload_store("files", "file",
                                       Value::object({{"directory", path}, {"leftover_age", 1.5}}));
  CHECK(configuration.default_payload_store_name() == "files");
  const auto store = std::dynamic_pointer_cast<FileStore>(configuration.payload_store("files"));
  REQUIRE(store != nullptr);
  CHECK(store->directory() == path);
  CHECK(std::filesystem::is_directory(path));
}

TEST_CASE("options that an adapter does not take are refused, and nothing is registered") {
  Configuration configuration;
  CHECK(refusal(configuration, "file", Value::object({{"dir", "/x"}})) ==
        "payload store adapter \"file\" has no option \"dir\", only: directory, leftover_age");
  CHECK(refusal(configuration, "file", Value::object({{"directory", 5}})) ==
        "option \"directory\" of payload store adapter \"file\" must be a string");
  CHECK(refusal(configuration, "file", Value("x")) ==
        "options of payload store adapter \"file\" must be an object");
  CHECK(configuration.payload_store_names().empty());
}

TEST_CASE("an unknown adapter is refused with those there are") {
  Configuration configuration;
  CHECK(refusal(configuration, "zz\n", Value::object()) ==
        "unknown payload store adapter \"zz\\x0a\", available: file, redis, s3");
  configuration.register_payload_store_adapter(
      "mine", [](const Value&) { return std::make_shared<MemoryStore>(); });
  CHECK(refusal(configuration, "", Value::object()) ==
        "unknown payload store adapter \"\", available: file, redis, s3, mine");
}

TEST_CASE("an adapter of one's own gets the options and makes the store") {
  Configuration configuration;
  Value got;
  const auto store = std::make_shared<MemoryStore>();
  configuration.register_payload_store_adapter("mine", [&](const Value& options) {
    got = options;
    return store;
  });
  const Value options = Value::object({{"size", 5}});
  configuration.register_payload_store("m", "mine", options);
  CHECK(got == options);
  CHECK(configuration.payload_store("m") == store);
}

TEST_CASE("a factory may add adapters itself") {
  Configuration configuration;
  const std::string kept(100, 'k');
  configuration.register_payload_store_adapter("mine", [&configuration, kept](const Value&) {
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      configuration.register_payload_store_adapter(
          name, [](const Value&) { return std::make_shared<MemoryStore>(); });
    }
    CHECK(kept.size() == 100);
    return std::make_shared<MemoryStore>();
  });
  configuration.register_payload_store("m", "mine", Value());
  CHECK(configuration.payload_store("m") != nullptr);
}

TEST_CASE("an adapter that makes no store, or throws, registers nothing") {
  Configuration configuration;
  configuration.register_payload_store_adapter("null", [](const Value&) { return nullptr; });
  configuration.register_payload_store_adapter(
      "throws", [](const Value&) -> std::shared_ptr<PayloadStore> {
        throw PayloadStoreError(PayloadStoreErrorCode::unavailable, "away");
      });
  CHECK(refusal(configuration, "null", Value()) == "payload store \"x\" is null");
  CHECK_THROWS_AS(configuration.register_payload_store("x", "throws", Value()), PayloadStoreError);
  CHECK(configuration.payload_store_names().empty());
}

TEST_CASE("an adapter's name is there once, and its factory is one") {
  Configuration configuration;
  const PayloadStoreFactory make = [](const Value&) { return std::make_shared<MemoryStore>(); };
  const auto refusal_to_add = [&](std::string_view adapter, const PayloadStoreFactory& factory) {
    return refusal_of([&] {
      configuration.register_payload_store_adapter(adapter, factory);
      return 0;
    });
  };
  CHECK(refusal_to_add("mine", make) == "(nothing was refused)");
  for (const std::string adapter : {"mine", "file", "redis", "s3"}) {
    CHECK(refusal_to_add(adapter, make) ==
          "payload store adapter \"" + adapter + "\" is there already");
  }
  CHECK(refusal_to_add("", make) == "payload store adapter is empty");
  CHECK(refusal_to_add("x", nullptr) == "factory of payload store adapter \"x\" is empty");
}

TEST_CASE("every code of a store's failure has a name of its own") {
  CHECK(to_string(PayloadStoreErrorCode::unavailable) == "unavailable");
  CHECK(to_string(PayloadStoreErrorCode::timeout) == "timeout");
  CHECK(to_string(PayloadStoreErrorCode::overloaded) == "overloaded");
  CHECK(to_string(PayloadStoreErrorCode::full) == "full");
  CHECK(to_string(PayloadStoreErrorCode::read_only) == "read_only");
  CHECK(to_string(PayloadStoreErrorCode::unauthorized) == "unauthorized");
  CHECK(to_string(PayloadStoreErrorCode::misconfigured) == "misconfigured");
  CHECK(to_string(PayloadStoreErrorCode::payload_too_large) == "payload_too_large");
  CHECK(to_string(PayloadStoreErrorCode::corrupt) == "corrupt");
  CHECK(to_string(PayloadStoreErrorCode::internal) == "internal");
}

}  // namespace
}  // namespace async_http_pool
