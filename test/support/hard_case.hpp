#pragma once

#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/scripted_server.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace async_http_pool::test {

/// What a server does after the bytes that it was told to send.
enum class Ending { stays_open, closes, resets };

/// How a request ended that a server answered in its own way, and the good one after it.
struct HardCase {
  Outcome outcome;
  std::string next;      ///< "reused" or "fresh", by the connection that the next one went on
  std::size_t requests;  ///< that the server saw, the next one included
};

/// Sends a request without retries to a server that answers it with `bytes`, then another one.
template <typename MakeRequest>
[[nodiscard]] HardCase meet(const std::string& bytes, Ending ending, MakeRequest make_request) {
  ScriptedServer server({expect_request(), send(response(200, "fresh")), again()});
  Script script = {expect_request(), send(bytes)};
  if (ending == Ending::closes) script.push_back(close());
  if (ending == Ending::resets) script.push_back(reset());
  if (ending == Ending::stays_open) {
    script.push_back(expect_request());
    script.push_back(send(response(200, "reused")));
  }
  server.on_connection(0, std::move(script));
  RunningProcessor processor(test_configuration().set_retries(0));
  Outcome outcome = processor.run(make_request(server.url()));
  const Outcome next = processor.get(server.url());
  return {.outcome = std::move(outcome),
          .next = next.is_response() ? next.body() : next.summary(),
          .requests = server.requests().size()};
}

[[nodiscard]] inline HardCase meet(const std::string& bytes, Ending ending = Ending::stays_open) {
  return meet(bytes, ending, [](const std::string& url) { return Request::get(url).build(); });
}

/// The summary of what must be an error. Its connection must be given up: a server that was
/// misunderstood once has no word that can be believed.
[[nodiscard]] inline std::string refusal_of(const std::string& bytes,
                                            Ending ending = Ending::stays_open) {
  const HardCase met = meet(bytes, ending);
  CHECK(met.next == "fresh");
  CHECK(met.requests == 2);
  return met.outcome.summary();
}

}  // namespace async_http_pool::test
