#include <async_http_pool/async_http_pool.hpp>
#include <cstdio>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

class PrintHandler : public ahp::TaskHandler {
 public:
  explicit PrintHandler(std::string job_id) : job_id_(std::move(job_id)) {}
  void on_complete(const ahp::Response& response, std::string_view callback) override {
    std::printf("%.*s %d %s\n", int(callback.size()), callback.data(), response.status(),
                response.to_json().c_str());
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    std::printf("%s\n", error.to_json().c_str());
  }
  void retry() override { std::printf("requeue %s\n", job_id_.c_str()); }

 private:
  std::string job_id_;
};

int main(int argc, char** argv) {
  ahp::Configuration config;
  config.set_max_connections(256).set_request_timeout(60s);

  ahp::Processor processor(config);
  processor.start();
  processor.enqueue(ahp::RequestTask(
      ahp::Request::get(argc > 1 ? argv[1] : "http://127.0.0.1:8080/")
          .header("Accept", "application/json")
          .build(),
      std::make_shared<PrintHandler>("job-123"), "FetchDataCallback", {{"user_id", 123}}));
  processor.drain();
  processor.wait_until_idle(10s);
  processor.stop();
}
