#include "support/raw_upload.hpp"

#include "support/patience.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace async_http_pool::test {

namespace {

/// Appends what comes next; false at the end.
bool receive_more(const Descriptor& connection, std::string& bytes) {
  pollfd entry{.fd = connection.number(), .events = POLLIN, .revents = 0};
  if (::poll(&entry, 1, static_cast<int>(patience.count())) != 1)
    throw std::runtime_error("nothing came");
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(connection.number(), buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  bytes.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

}  // namespace

std::string receive_bytes(const Descriptor& connection, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size && receive_more(connection, bytes)) continue;
  return bytes;
}

ReceivedRequest receive_request(const Descriptor& connection, std::string received) {
  for (;;) {
    if (std::optional<ReceivedRequest> request = take_request(received)) return std::move(*request);
    if (!receive_more(connection, received)) return {};
  }
}

void receive_to_end(const Descriptor& connection) {
  std::string bytes;
  while (receive_more(connection, bytes)) bytes.clear();
}

void reset(Descriptor connection) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace async_http_pool::test
