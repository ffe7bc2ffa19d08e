#pragma once

#include "support/descriptor.hpp"
#include "support/raw_listener.hpp"
#include "support/received_request.hpp"
#include "support/script.hpp"

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/request.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

inline std::string url_of(const RawListener& listener) {
  return url_at("127.0.0.1", listener.port());
}

inline Request put(const std::string& url, std::shared_ptr<BodySource> source) {
  return Request::put(url).body_source(std::move(source)).build();
}

// What a server does to an upload on a connection of a `RawListener`, step by step on the test's
// own thread: unlike a `ScriptedServer` it can leave bytes where they are. All throw like
// `accept_from`.

/// Receives until there are `size` bytes or more; less when the peer closes or resets.
[[nodiscard]] std::string receive_bytes(const Descriptor& connection, std::size_t size);
/// A whole request, of which `received` is the beginning; without a method when the peer closes or
/// resets before its end.
[[nodiscard]] ReceivedRequest receive_request(const Descriptor& connection,
                                              std::string received = {});
/// Receives and drops until the peer closes or resets.
void receive_to_end(const Descriptor& connection);
/// Closes with a RST.
void reset(Descriptor connection);

}  // namespace async_http_pool::test
