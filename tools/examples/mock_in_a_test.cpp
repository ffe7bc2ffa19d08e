// A test of code that sends requests, without a server: a mock transport answers.
//
//   c++ -std=c++20 mock_in_a_test.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out
#include <async_http_pool/async_http_pool.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

// --- The code to be tested ---

/// Looks users up. That it is given its client is all that it does for its tests.
class Directory {
 public:
  explicit Directory(ahp::Client client) : client_(std::move(client)) {}

  std::optional<std::string> name_of(int id) const {
    const ahp::Response response =
        client_.get("https://api.example.com/user/" + std::to_string(id));
    if (response.status() == 404) return std::nullopt;
    return response.json()["name"].as_string();
  }

 private:
  ahp::Client client_;
};

// --- Its tests; a framework of yours has more words for it ---

void expect(bool is_true, const std::string& what) {
  if (!is_true) throw std::runtime_error("failed: " + what);
  std::cout << "ok: " << what << '\n';
}

int main() try {
  const auto mock = std::make_shared<ahp::MockTransport>();
  ahp::Configuration config;
  config.set_mock_transport(mock).set_request_config(ahp::RequestConfig().set_retry_delay(1ms));
  const Directory directory{ahp::Client(config)};

  mock->on("GET", "https://api.example.com/user/*").reply(ahp::MockAnswer(404));
  mock->on("GET", "https://api.example.com/user/1").times(1).reply(ahp::MockAnswer(500));
  mock->on("GET", "https://api.example.com/user/7")
      .reply(ahp::MockAnswer(200).json(ahp::Value::object({{"name", "Ada"}})));
  expect(directory.name_of(7) == "Ada", "a user has a name");
  expect(!directory.name_of(8), "nobody has none");
  expect(mock->call_count("GET", "**/user/*") == 2, "each was asked for once");
  expect(mock->unused() == std::vector<std::string>{"GET https://api.example.com/user/1"},
         "what is not asked for is known");

  // The network is not what it was: the library tries again, and so the code need not.
  mock->reset();
  const auto lost = ahp::MockAnswer::failure(ahp::ErrorType::connection,
                                             ahp::ErrorCode::connection_lost, "cable was cut");
  const auto late = ahp::MockAnswer(200).json(ahp::Value::object({{"name", "Grace"}})).delay(20ms);
  mock->on("GET", "https://api.example.com/user/9").reply({lost, lost, late});
  expect(directory.name_of(9) == "Grace", "a connection that is lost is tried again");
  expect(mock->calls().size() == 3, "three attempts were made");

  // And nothing is sent by accident.
  try {
    static_cast<void>(directory.name_of(10));
    expect(false, "nothing goes to the network");
  } catch (const ahp::RequestError& error) {
    expect(error.code() == ahp::ErrorCode::not_mocked, "nothing goes to the network");
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
