// Large responses on their way to a job queue: stored outside of callbacks, never inside.
#include "support/callback_handler.hpp"
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/memory_store.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/file_store.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace async_http_pool::test {
namespace {

/// What `action` says as a `std::logic_error`.
std::string refusal_by_logic(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

TEST_CASE("inside a callback a storage refuses to wait for its store") {
  DynamicServer server;
  RunningProcessor processor;
  const auto store = std::make_shared<MemoryStore>();
  const ExternalStorage storage(Configuration().register_payload_store("m", store));
  const std::string reference = storage.store("{\"a\":1}", 1);

  std::string stored;
  std::string fetched;
  std::string removed;
  bool is_reference = false;
  const auto handler = std::make_shared<CallbackHandler>([&] {
    stored = refusal_by_logic([&] { static_cast<void>(storage.store("{\"b\":2}", 1)); });
    fetched = refusal_by_logic([&] { static_cast<void>(storage.fetch(reference)); });
    removed = refusal_by_logic([&] { storage.remove(reference); });
    is_reference = ExternalStorage::is_storage_ref(reference);
  });
  processor->enqueue(RequestTask(Request::get(server.url("/bytes/10")).build(), handler, "Done"));
  REQUIRE(processor->wait_until_idle(patience));

  const std::string rule =
      " must not be called on an agent thread: it would hold up all its requests";
  CHECK(stored == "ExternalStorage::store" + rule);
  CHECK(fetched == "ExternalStorage::fetch" + rule);
  CHECK(removed == "ExternalStorage::remove" + rule);
  CHECK(is_reference);
  CHECK(storage.fetch(reference) == "{\"a\":1}");
  CHECK(store->size() == 1);
}

TEST_CASE("a large response goes through a file store and comes back as it was") {
  DynamicServer server;
  RunningProcessor processor;
  const TempDirectory directory;
  Configuration configuration;
  configuration.register_payload_store("files", "file",
                                       Value::object({{"directory", directory.path().string()}}));
  const ExternalStorage storage(configuration);

  const auto handler = processor.begin_get(server.url("/bytes/200000"));
  const Response response = handler->outcome().response();
  const std::string reference = storage.store(response.to_json(), 1000);
  REQUIRE(ExternalStorage::is_storage_ref(reference));
  CHECK(reference.size() < 100);

  // Another process would have a configuration of its own.
  Configuration elsewhere;
  elsewhere.register_payload_store(
      "files", std::make_shared<FileStore>(FileStoreOptions{.directory = directory.path()}));
  const ExternalStorage reader(elsewhere);
  CHECK(Response::from_json(reader.fetch(reference)).body() == std::string(200'000, 'x'));
  reader.remove(reference);
  CHECK(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace async_http_pool::test
