// Keeps a job queue small: large responses go into a store, the queue carries references to them.
//
//   c++ -std=c++20 external_storage_example.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080 payloads        (where server.py, beside this file, listens)
//
// The store is a directory, redis://host:port/db, rediss:// (TLS), unix:///socket or s3://bucket.
#include <async_http_pool/async_http_pool.hpp>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

/// Outcomes on their way from the agent thread to a thread that may wait for stores.
class Outcomes {
 public:
  void push(ahp::TaskOutcome outcome) {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
    changed_.notify_one();
  }
  ahp::TaskOutcome pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !outcomes_.empty(); });
    ahp::TaskOutcome outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    return outcome;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ahp::TaskOutcome> outcomes_;
};

/// A store waits for disks and networks, which must not hold the agent up: not here.
class Forward : public ahp::TaskHandler {
 public:
  explicit Forward(std::shared_ptr<Outcomes> outcomes) : outcomes_(std::move(outcomes)) {}
  void on_complete(const ahp::Response& response, std::string_view) override {
    outcomes_->push(ahp::TaskOutcome(response));
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    outcomes_->push(ahp::TaskOutcome(error));
  }
  void retry() override {}  // main waits for all outcomes before it stops the processor

 private:
  std::shared_ptr<Outcomes> outcomes_;
};

bool is_redis(const std::string& where) {
  return where.starts_with("redis://") || where.starts_with("rediss://") ||
         where.starts_with("unix://");
}

/// Both ends of the queue are configured alike.
ahp::ExternalStorage open_storage(const std::string& where) {
  ahp::Configuration config;
  config.set_payload_store_threshold(1024);  // bytes; 64 KiB unless you say otherwise
  if (is_redis(where)) {
    config.register_payload_store("cache", "redis",
                                  ahp::Value::object({{"url", where}, {"ttl", 86400}}));
  } else if (where.starts_with("s3://")) {
    config.register_payload_store("bucket", "s3",
                                  ahp::Value::object({{"bucket", where.substr(5)}}));
  } else if (where.find("://") != where.npos) {
    throw std::invalid_argument(
        "the store must be a directory, redis://, rediss://, unix:// or s3://bucket");
  } else {
    config.register_payload_store("files", "file", ahp::Value::object({{"directory", where}}));
  }
  return ahp::ExternalStorage(config);
}

/// What another process does with a message of the queue.
void consume(const ahp::ExternalStorage& storage, const std::string& message) {
  const bool is_reference = ahp::ExternalStorage::is_storage_ref(message);
  const auto response = ahp::Response::from_json(is_reference ? storage.fetch(message) : message);
  std::cout << response.url() << ": " << response.body().size() << " bytes, "
            << (is_reference ? "from the store\n" : "from the queue\n");
  storage.remove(message);  // does nothing when it is no reference
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const std::string where = argc > 2 ? argv[2] : "payloads";
  const ahp::ExternalStorage storage = open_storage(where);
  const auto outcomes = std::make_shared<Outcomes>();
  ahp::Processor processor;
  processor.start();
  for (const std::string path : {"/report", "/users/1"}) {
    processor.enqueue(ahp::RequestTask(ahp::Request::get(base_url + path).build(),
                                       std::make_shared<Forward>(outcomes), "Fetched"));
  }

  for (int i = 0; i < 2; ++i) {
    const ahp::TaskOutcome outcome = outcomes->pop();
    if (outcome.error() != nullptr) throw std::runtime_error(outcome.error()->message());
    const std::string message = storage.store(outcome.response()->to_json());
    std::cout << "message: " << message << '\n';
    consume(open_storage(where), message);
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
