// Several requests to one API that share a base URL, a key and a timeout.
//
//   c++ -std=c++20 templates.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

/// Gives the outcome to whoever waits for the future.
class ToFuture : public ahp::TaskHandler {
 public:
  std::future<ahp::TaskOutcome> future() { return promise_.get_future(); }
  void on_complete(const ahp::Response& response, std::string_view) override {
    promise_.set_value(ahp::TaskOutcome(response));
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    promise_.set_value(ahp::TaskOutcome(error));
  }
  void retry() override {
    promise_.set_exception(
        std::make_exception_ptr(std::runtime_error("the processor stopped before it was done")));
  }

 private:
  std::promise<ahp::TaskOutcome> promise_;
};

std::vector<ahp::Request> requests(const std::string& base_url, const std::string& key) {
  const ahp::RequestTemplate api({
      .base_url = base_url + "/v1/",
      .headers = {{"authorization", "Bearer " + key}},
      .params = ahp::Value::object({{"lang", "en"}}),
      .timeout = 10s,
  });
  return {
      api.get("users/123").build(),
      api.get("users").param("name", "J. Smith").build(),
      api.get("users").params(ahp::Value::object({{"lang", "de"}, {"page", 2}})).build(),
      api.post("users").json(ahp::Value::object({{"name", "John"}})).build(),
      api.get("/users/1").header("authorization", "none").timeout(2s).build(),
  };
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  ahp::Processor processor;
  processor.start();

  std::vector<std::future<ahp::TaskOutcome>> outcomes;
  for (const ahp::Request& request : requests(base_url, "secret")) {
    std::cout << request.method() << ' ' << request.url().substr(base_url.size()) << '\n';
    const auto handler = std::make_shared<ToFuture>();
    outcomes.push_back(handler->future());
    processor.enqueue(ahp::RequestTask(request, handler, "Fetched"));
  }

  bool all_well = true;
  for (auto& future : outcomes) {
    const ahp::TaskOutcome outcome = future.get();
    if (const ahp::Response* response = outcome.response()) {
      std::cout << response->status() << ' ' << response->body() << '\n';
      all_well = all_well && response->is_success();
    } else {
      std::cerr << outcome.error()->message() << '\n';
      all_well = false;
    }
  }
  return all_well ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
