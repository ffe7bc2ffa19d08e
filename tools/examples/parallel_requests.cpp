// Many requests at once, each in a coroutine of its own that reads as if it were alone.
//
//   c++ -std=c++20 parallel_requests.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <array>
#include <async_http_pool/async_http_pool.hpp>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "support/task.hpp"

namespace ahp = async_http_pool;
using examples::Task;

/// Continuations run on an agent thread, which must not wait for a body: hence `read_async`.
Task<std::string> read_all(ahp::BodyReader& body) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const std::size_t size = co_await body.read_async(buffer);
    if (size == 0) co_return text;
    text.append(buffer.data(), size);
  }
}

Task<std::string> name_of_user(ahp::Client client, std::string url) {
  ahp::StreamingResponse response = co_await client.send(ahp::Request::get(url).build());
  const std::string text = co_await read_all(response.body());
  if (!response.is_success()) co_return "nobody, " + std::to_string(response.status());
  co_return ahp::Value::from_json(text)["name"].as_string();
}

/// Two requests, one after the other; other coroutines go on meanwhile.
Task<std::string> name_after_a_second(ahp::Client client, std::string base_url, std::string user) {
  ahp::StreamingResponse slow = co_await client.send(ahp::Request::get(base_url + "/slow").build());
  co_await read_all(slow.body());
  co_return co_await name_of_user(client, base_url + "/users/" + user);
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const ahp::Client client;
  const std::vector<std::string> users = {"1", "2", "3", "99"};

  const auto start = std::chrono::steady_clock::now();
  std::vector<Task<std::string>> tasks;
  tasks.reserve(users.size());
  for (const std::string& user : users)
    tasks.push_back(name_after_a_second(client, base_url, user));
  const std::vector<std::string> names = examples::sync_wait(examples::when_all(std::move(tasks)));
  const auto took = std::chrono::steady_clock::now() - start;

  for (std::size_t i = 0; i < users.size(); ++i) std::cout << users[i] << ": " << names[i] << '\n';
  std::cout << (took < std::chrono::seconds(users.size()) ? "all at once\n"
                                                          : "one after the other\n");
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
