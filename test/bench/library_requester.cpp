#include "requester.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/processor.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_config.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/task_handler.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

class Handler final : public ahp::TaskHandler {
 public:
  explicit Handler(EndListener& listener) noexcept : listener_(listener) {}
  void on_complete(const ahp::Response& response, std::string_view) override {
    listener_.on_end(response.is_success());
  }
  void on_error(const ahp::Error&, std::string_view) override { listener_.on_end(false); }
  void retry() override {}  // at the end, and nobody waits for it any more

 private:
  EndListener& listener_;
};

class LibraryRequester final : public Requester {
 public:
  // A callback starts the next request while its own still counts.
  LibraryRequester(int requests_max, const Limit& limit)
      : processor_(ahp::Configuration().set_max_connections(2 * requests_max).set_retries(0)) {
    if (!limit.url.empty()) {
      ahp::RequestConfig options;
      options.set_timeout(limit.time);
      requests_.emplace(limit.url, ahp::Request::get(limit.url).config(options).build());
    }
    processor_.start();
  }
  ~LibraryRequester() override { processor_.stop(0ms); }

  void start(const std::string& url, EndListener& listener) override {
    ahp::RequestTask task(request_to(url), std::make_shared<Handler>(listener), "bench");
    if (processor_.try_enqueue(task) != ahp::EnqueueResult::accepted && is_running())
      throw std::runtime_error("a task was refused");
  }

 private:
  [[nodiscard]] bool is_running() const {
    return processor_.state() == ahp::ProcessorState::running;
  }

  // A request is made once: making it is not what is measured.
  ahp::Request request_to(const std::string& url) {
    const std::lock_guard lock(mutex_);
    auto found = requests_.find(url);
    if (found == requests_.end())
      found = requests_.emplace(url, ahp::Request::get(url).build()).first;
    return found->second;
  }

  std::mutex mutex_;
  std::map<std::string, ahp::Request> requests_;  // guarded by mutex_
  ahp::Processor processor_;
};

}  // namespace

std::unique_ptr<Requester> make_library_requester(int requests_max, const Limit& limit) {
  return std::make_unique<LibraryRequester>(requests_max, limit);
}
