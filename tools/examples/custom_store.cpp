// A payload store of your own, put to the test that every store has to pass.
//
//   c++ -std=c++20 custom_store.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace ahp = async_http_pool;

/// Keeps payloads in this process, up to a number of bytes: for tests, and for queues that do not
/// leave the process.
class MemoryStore final : public ahp::PayloadStore {
 public:
  explicit MemoryStore(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::string store(std::string_view key, std::string_view payload) override {
    check_key(key);
    std::string copy(payload);
    const std::lock_guard lock(mutex_);  // several threads use a store at once
    const auto old = payloads_.find(key);
    const std::size_t others = bytes_ - (old == payloads_.end() ? 0 : old->second.size());
    if (copy.size() > bytes_max_ - others) {
      throw ahp::PayloadStoreError(
          ahp::PayloadStoreErrorCode::full,
          "memory store: more than " + std::to_string(bytes_max_) + " bytes");
    }
    const std::size_t size = copy.size();
    payloads_.insert_or_assign(std::string(key), std::move(copy));
    bytes_ = others + size;
    return std::string(key);
  }

  std::optional<std::string> fetch(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(mutex_);
    const auto found = payloads_.find(key);
    if (found == payloads_.end()) return std::nullopt;
    return found->second;
  }

  void remove(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(mutex_);
    const auto found = payloads_.find(key);
    if (found == payloads_.end()) return;
    bytes_ -= found->second.size();
    payloads_.erase(found);
  }

 private:
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::map<std::string, std::string, std::less<>> payloads_;
};

/// Makes a store from the options of `register_payload_store`, and knows no others.
std::shared_ptr<ahp::PayloadStore> make_memory_store(const ahp::Value& options) {
  std::int64_t bytes_max = 64 << 20;
  for (const auto& [name, value] : options.as_object()) {
    if (name != "bytes_max") throw std::invalid_argument("memory store: unknown option " + name);
    bytes_max = value.as_integer();
  }
  if (bytes_max < 1) throw std::invalid_argument("memory store: bytes_max must be positive");
  return std::make_shared<MemoryStore>(static_cast<std::size_t>(bytes_max));
}

/// For a task whose outcome is wanted where it is run.
struct NoHandler : ahp::TaskHandler {
  void on_complete(const ahp::Response&, std::string_view) override {}
  void on_error(const ahp::Error&, std::string_view) override {}
  void retry() override {}
};

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  ahp::Configuration config;
  config.register_payload_store_adapter("memory", make_memory_store)
      .register_payload_store("scratch", "memory", ahp::Value::object({{"bytes_max", 32 << 20}}))
      .set_payload_store_threshold(1024);

  // Belongs into your tests. All stores that `make` gives have to see the same payloads.
  const auto make = [&config] { return config.payload_store("scratch"); };
  const auto findings = ahp::check_payload_store(make, {.large_payload_bytes = 4 << 20});
  for (const auto& finding : findings) {
    std::cout << finding.rule << ": " << finding.detail << '\n';
  }
  std::cout << findings.size() << " findings\n";

  const ahp::TaskOutcome outcome = ahp::SynchronousExecutor(config).call(ahp::RequestTask(
      ahp::Request::get(base_url + "/report").build(), std::make_shared<NoHandler>(), "Fetched"));
  if (outcome.error() != nullptr) throw std::runtime_error(outcome.error()->message());
  const ahp::ExternalStorage storage(config);
  const std::string reference = storage.store(outcome.response()->to_json());
  const auto report = ahp::Response::from_json(storage.fetch(reference));
  std::cout << reference << ": " << report.body().size() << " bytes\n";
  storage.remove(reference);
  return findings.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
