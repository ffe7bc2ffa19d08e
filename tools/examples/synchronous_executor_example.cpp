// Tests a handler without a processor, threads or waiting: a task is run here and now.
//
//   c++ -std=c++20 synchronous_executor_example.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <string>

namespace ahp = async_http_pool;

/// The handler under test: puts the names of users into what stands for a database.
class SaveName : public ahp::TaskHandler {
 public:
  explicit SaveName(std::map<std::int64_t, std::string>& names) : names_(names) {}
  void on_complete(const ahp::Response& response, std::string_view) override {
    names_[response.callback_args()["user_id"].as_integer()] = response.json()["name"].as_string();
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    names_[error.callback_args()["user_id"].as_integer()] = "unknown";
  }
  void retry() override {}

 private:
  std::map<std::int64_t, std::string>& names_;
};

int failures = 0;

void expect(bool condition, const char* what) {
  std::cout << (condition ? "ok: " : "FAILED: ") << what << '\n';
  failures += condition ? 0 : 1;
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  std::map<std::int64_t, std::string> names;
  int completed = 0;
  int failed = 0;

  ahp::Configuration config;
  config.set_raise_error_responses(true);
  ahp::SynchronousExecutor executor(config,
                                    {.on_complete = [&](const ahp::Response&) { ++completed; },
                                     .on_error = [&](const ahp::Error&) { ++failed; }});
  const auto fetch_user = [&](int id) {
    return executor.call(
        ahp::RequestTask(ahp::Request::get(base_url + "/users/" + std::to_string(id)).build(),
                         std::make_shared<SaveName>(names), "UserFetched", {{"user_id", id}}));
  };

  const ahp::TaskOutcome found = fetch_user(2);
  expect(found.response() != nullptr && found.response()->status() == 200, "user 2 is there");
  expect(names[2] == "Grace", "the name of user 2 is saved");
  const ahp::TaskOutcome missing = fetch_user(99);
  expect(dynamic_cast<const ahp::ClientError*>(missing.error()) != nullptr, "user 99 is not there");
  expect(names[99] == "unknown", "user 99 is saved as unknown");
  expect(completed == 1 && failed == 1, "the hooks were called once each");
  return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
