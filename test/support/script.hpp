#pragma once

#include "support/gate.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace async_http_pool::test {

/// One thing that a `ScriptedServer` does on a connection. Made by the functions below.
struct Step {
  enum class Kind {
    expect_request,
    send,
    wait_for,
    open_gate,
    wait_for_peer_close,
    close,
    reset,
    half_close,
    tunnel,
    again
  };
  Kind kind;
  std::string bytes = {};
  std::chrono::milliseconds interval = 0ms;
  Gate* gate = nullptr;
  std::uint16_t port = 0;
};

/// What happens on one connection, in order. When it is over the connection stays open; what
/// arrives then is still recorded.
using Script = std::vector<Step>;

/// Waits for the next request, with its body.
[[nodiscard]] inline Step expect_request() { return {.kind = Step::Kind::expect_request}; }
[[nodiscard]] inline Step send(std::string bytes) {
  return {.kind = Step::Kind::send, .bytes = std::move(bytes)};
}
/// One byte every `interval`.
[[nodiscard]] inline Step send_slowly(std::string bytes, std::chrono::milliseconds interval) {
  return {.kind = Step::Kind::send, .bytes = std::move(bytes), .interval = interval};
}
/// `gate` has to outlive the server.
[[nodiscard]] inline Step wait_for(Gate& gate) {
  return {.kind = Step::Kind::wait_for, .gate = &gate};
}
/// Tells the test that the script has come this far: what was sent before is in the client's
/// socket.
[[nodiscard]] inline Step open_gate(Gate& gate) {
  return {.kind = Step::Kind::open_gate, .gate = &gate};
}
[[nodiscard]] inline Step wait_for_peer_close() {
  return {.kind = Step::Kind::wait_for_peer_close};
}
/// An orderly end (FIN), whatever was received and not read. After it only `open_gate` makes sense.
[[nodiscard]] inline Step close() { return {.kind = Step::Kind::close}; }
/// A disorderly end (RST). Likewise.
[[nodiscard]] inline Step reset() { return {.kind = Step::Kind::reset}; }
/// Nothing more will be sent (FIN), but things are still received.
[[nodiscard]] inline Step half_close() { return {.kind = Step::Kind::half_close}; }
/// From here on carries bytes to and from a port of 127.0.0.1.
[[nodiscard]] inline Step tunnel_to(std::uint16_t port) {
  return {.kind = Step::Kind::tunnel, .port = port};
}
/// Starts over.
[[nodiscard]] inline Step again() { return {.kind = Step::Kind::again}; }

/// A complete response with a body; `more_headers` are lines that end in CR LF.
[[nodiscard]] inline std::string response(int status, std::string_view body,
                                          std::string_view more_headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Test\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

/// Answers every request "ok", on one connection after the other.
[[nodiscard]] inline Script ok_each_time() {
  return {expect_request(), send(response(200, "ok")), again()};
}

/// Of a server under a name or address of the test's choice.
[[nodiscard]] inline std::string url_at(const std::string& host, std::uint16_t port) {
  return "http://" + host + ":" + std::to_string(port) + "/";
}

}  // namespace async_http_pool::test
