// Data of yours that travels with a request and comes back with its outcome.
//
//   c++ -std=c++20 callback_args_example.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <cmath>
#include <future>
#include <iostream>
#include <memory>
#include <string>

namespace ahp = async_http_pool;

/// Gives the outcome, as the JSON that a job queue would carry, to whoever waits for the future.
class ToFuture : public ahp::TaskHandler {
 public:
  std::future<std::string> future() { return json_.get_future(); }
  void on_complete(const ahp::Response& response, std::string_view) override {
    json_.set_value(response.to_json());
  }
  void on_error(const ahp::Error& error, std::string_view) override {
    json_.set_exception(std::make_exception_ptr(std::runtime_error(error.message())));
  }
  void retry() override {
    json_.set_exception(std::make_exception_ptr(std::runtime_error("the processor stopped")));
  }

 private:
  std::promise<std::string> json_;
};

/// Reads the arguments of a response.
void save(const ahp::Response& response) {
  const ahp::CallbackArgs& args = response.callback_args();
  const std::int64_t user_id = args["user_id"].as_integer();  // throws when there is none
  const std::string queue = args.fetch("queue", "default").as_string();
  std::cout << "user " << user_id << ", queue " << queue << ", tag "
            << args["tags"].at(0).as_string() << ", name " << response.json()["name"].as_string()
            << '\n';
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  ahp::Processor processor;
  processor.start();

  const auto handler = std::make_shared<ToFuture>();
  auto json = handler->future();
  const ahp::CallbackArgs args{
      {"user_id", 123}, {"tags", ahp::Value::array({"new", "paid"})}, {"since", nullptr}};
  processor.enqueue(ahp::RequestTask(ahp::Request::get(base_url + "/users/1").build(), handler,
                                     "UserFetched", args));

  const auto response = ahp::Response::from_json(json.get());
  save(response);
  std::cout << response.callback_args().to_json() << '\n';
  std::cout << (response.callback_args() == args ? "came back as they went\n" : "changed!\n");

  // What JSON cannot express is refused where it is made, not when the response is there.
  try {
    const ahp::CallbackArgs refused{{"scores", ahp::Value::array({0.5, std::nan("")})}};
    return 1;
  } catch (const std::invalid_argument& error) {
    std::cout << "refused: " << error.what() << '\n';
  }
  return response.callback_args() == args ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
