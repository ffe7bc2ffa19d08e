// What can become of a request, and what a job makes of it.
//
//   c++ -std=c++20 error_handling.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

struct Job {
  std::string what;  // "response", "error" or "retry"
  std::string json;
};

/// Stands for your job queue.
class JobQueue {
 public:
  void push(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    changed_.notify_one();
  }
  /// Waits for a job.
  Job pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
};

/// Runs on the agent thread: hands the outcome to the queue, does nothing else.
class ToQueue : public ahp::TaskHandler {
 public:
  explicit ToQueue(std::shared_ptr<JobQueue> queue) : queue_(std::move(queue)) {}
  void on_complete(const ahp::Response& response, std::string_view) override {
    queue_->push({"response", response.to_json()});
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    queue_->push({"error", error.to_json()});
  }
  void retry() override { queue_->push({"retry", ""}); }

 private:
  std::shared_ptr<JobQueue> queue_;
};

/// Whether the same request may do better later.
bool is_worth_another_try(const ahp::Error& error) {
  if (dynamic_cast<const ahp::ClientError*>(&error) != nullptr) return false;  // 4xx
  if (dynamic_cast<const ahp::ServerError*>(&error) != nullptr) return true;   // 5xx
  if (dynamic_cast<const ahp::RedirectError*>(&error) != nullptr) return false;
  if (const auto* request_error = dynamic_cast<const ahp::RequestError*>(&error)) {
    return request_error->code() == ahp::ErrorCode::request_timeout ||
           request_error->error_type() == ahp::ErrorType::connection;
  }
  return false;  // an HttpError that is neither: 1xx or 3xx
}

/// Prints what an error knows.
void describe(const ahp::Error& error) {
  std::cout << error.callback_args()["path"].as_string() << ": " << error.error_class();
  if (const auto* http_error = dynamic_cast<const ahp::HttpError*>(&error)) {
    std::cout << ' ' << http_error->status() << ' ' << http_error->response().body();
  } else if (const auto* redirect_error = dynamic_cast<const ahp::RedirectError*>(&error)) {
    std::cout << " after " << redirect_error->redirects().size() << " redirect(s)";
  } else if (const auto* request_error = dynamic_cast<const ahp::RequestError*>(&error)) {
    std::cout << ' ' << to_string(request_error->code()) << ", " << request_error->message();
  }
  std::cout << (is_worth_another_try(error) ? " -> again later\n" : " -> given up\n");
}

/// Works a job off, as another process would; returns whether it was a response.
bool perform(const Job& job) {
  if (job.what == "response") {
    const auto response = ahp::Response::from_json(job.json);
    std::cout << response.callback_args()["path"].as_string() << ": " << response.status() << ' '
              << response.body() << '\n';
    return true;
  }
  if (job.what == "error") describe(*ahp::Error::from_json(job.json));
  return false;
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  ahp::Configuration config;
  config.set_raise_error_responses(true).set_request_timeout(5s);
  ahp::Processor processor(config);
  processor.start();

  const auto queue = std::make_shared<JobQueue>();
  const char* const paths[] = {"/users/1", "/users/99", "/error", "/loop", "/slow"};
  for (const std::string path : paths) {
    auto builder = ahp::Request::get(base_url + path);
    if (path == "/slow") builder.timeout(300ms);
    processor.enqueue(ahp::RequestTask(builder.build(), std::make_shared<ToQueue>(queue), "Fetched",
                                       {{"path", path}}));
  }

  int responses = 0;
  for (std::size_t i = 0; i < std::size(paths); ++i) {  // each task has exactly one outcome
    responses += perform(queue->pop()) ? 1 : 0;
  }
  return responses > 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
