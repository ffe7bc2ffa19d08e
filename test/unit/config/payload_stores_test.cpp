// Which stores a configuration knows, and by what names.
#include <memory>
#include <string>
#include <vector>

#include <async_http_pool/configuration.hpp>
#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using test::MemoryStore;
using Names = std::vector<std::string>;

TEST_CASE("a new configuration has no store") {
  const Configuration configuration;
  CHECK(configuration.payload_store("x") == nullptr);
  CHECK(configuration.default_payload_store_name().empty());
  CHECK(configuration.payload_store_names().empty());
  CHECK(configuration.payload_store_threshold() == 65536);
}

TEST_CASE("the store that was registered last takes new payloads") {
  const auto one = std::make_shared<MemoryStore>();
  const auto other = std::make_shared<MemoryStore>();
  Configuration configuration;
  configuration.register_payload_store("one", one).register_payload_store("other", other);
  CHECK(configuration.payload_store_names() == Names{"one", "other"});
  CHECK(configuration.default_payload_store_name() == "other");
  CHECK(configuration.payload_store("one") == one);
  CHECK(configuration.payload_store("other") == other);
  CHECK(configuration.payload_store("On") == nullptr);
}

TEST_CASE("a name that is registered again gets the new store and becomes the last") {
  const auto fresh = std::make_shared<MemoryStore>();
  Configuration configuration;
  for (const char* name : {"a", "b", "c"}) {
    configuration.register_payload_store(name, std::make_shared<MemoryStore>());
  }
  configuration.register_payload_store("a", fresh);
  CHECK(configuration.payload_store_names() == Names{"b", "c", "a"});
  CHECK(configuration.payload_store("a") == fresh);
}

TEST_CASE("the name may be the configuration's own") {
  Configuration configuration;
  const std::string name(100, 'n');
  configuration.register_payload_store(name, std::make_shared<MemoryStore>());
  configuration.register_payload_store(configuration.default_payload_store_name(),
                                       std::make_shared<MemoryStore>());
  CHECK(configuration.payload_store_names() == Names{name});
}

TEST_CASE("copies share the stores, and go their own ways") {
  const auto store = std::make_shared<MemoryStore>();
  Configuration configuration;
  configuration.register_payload_store("a", store);
  Configuration copy = configuration;
  copy.register_payload_store("b", std::make_shared<MemoryStore>());
  CHECK(copy.payload_store("a") == store);
  CHECK(configuration.payload_store_names() == Names{"a"});
}

TEST_CASE("a name is 1 to 1024 bytes of UTF-8 without control characters") {
  Configuration configuration;
  const auto refusal = [&](std::string_view name) {
    return refusal_of([&] {
      configuration.register_payload_store(name, std::make_shared<MemoryStore>());
      return 0;
    });
  };
  const std::string rule = "payload store name must be UTF-8 without control characters, got: ";
  CHECK(refusal("") == "payload store name is empty");
  CHECK(refusal(std::string(1025, 'n')) ==
        "payload store name is longer than 1024 bytes, got: 1025");
  CHECK(refusal("a\nb") == rule + "\"a\\x0ab\"");
  CHECK(refusal(std::string_view("a\0", 2)) == rule + "\"a\\x00\"");
  CHECK(refusal("\x7F") == rule + "\"\\x7f\"");
  CHECK(refusal("\xC2\x85") == rule + "\"\\xc2\\x85\"");
  CHECK(refusal("\xFF") == rule + "\"\\xff\"");
  CHECK(configuration.payload_store_names().empty());
  for (const std::string& name : {std::string("a b/\"c\""), std::string("\xC3\xA9\xF0\x9F\x8E\x89"),
                                  std::string(1024, 'n')}) {
    CHECK(refusal(name) == "(nothing was refused)");
    CHECK(configuration.default_payload_store_name() == name);
  }
}

TEST_CASE("null is no store") {
  Configuration configuration;
  CHECK(refusal_of([&] {
          configuration.register_payload_store("x", nullptr);
          return 0;
        }) == "payload store \"x\" is null");
  CHECK(configuration.payload_store_names().empty());
}

TEST_CASE("a threshold is a positive number") {
  Configuration configuration;
  CHECK(configuration.set_payload_store_threshold(1).payload_store_threshold() == 1);
  CHECK(refusal_of([&] {
          configuration.set_payload_store_threshold(0);
          return 0;
        }) == "payload_store_threshold must be a positive number, got: 0");
  CHECK(configuration.payload_store_threshold() == 1);
}

}  // namespace
}  // namespace async_http_pool
