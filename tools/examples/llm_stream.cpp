// Prints the answer of a language model while it is made: server-sent events, as such services send
// them.
//
//   c++ -std=c++20 llm_stream.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080 "What is the answer?"     (where server.py, beside this file,
//                                                            listens)
#include <async_http_pool/async_http_pool.hpp>
#include <iostream>
#include <string>
#include <utility>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

ahp::Request ask(const std::string& base_url, const std::string& question) {
  const auto message = ahp::Value::object({{"role", "user"}, {"content", question}});
  return ahp::Request::post(base_url + "/v1/chat/completions")
      .header("authorization", "Bearer secret")
      .header("accept", "text/event-stream")
      .json(ahp::Value::object(
          {{"model", "parrot"}, {"stream", true}, {"messages", ahp::Value::array({message})}}))
      .config(ahp::RequestConfig().set_idle_timeout(30s))  // between two words
      .build();
}

/// Prints the words of an answer as they come; returns whether it came to its end.
bool print_answer(ahp::StreamingResponse response) {
  ahp::EventStreamReader events(std::move(response));
  while (const auto event = events.next()) {
    if (event->data == "[DONE]") return true;
    const auto chunk = ahp::Value::from_json(event->data);
    const ahp::Value& delta = chunk["choices"].at(0)["delta"];
    if (const auto* words = delta.find("content")) std::cout << words->as_string() << std::flush;
  }
  return false;
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const ahp::Client client;
  ahp::StreamingResponse response =
      client.send(ask(base_url, argc > 2 ? argv[2] : "What is the answer?")).get();
  if (!response.is_success()) {
    std::cerr << response.status() << ' ' << response.body().text() << '\n';
    return 1;
  }
  const bool is_whole = print_answer(std::move(response));
  std::cout << (is_whole ? "\n" : " (the rest is missing)\n");
  return is_whole ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
