#include "support/redis_client.hpp"

#include "support/patience.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

constexpr std::string_view line_end = "\r\n";

std::size_t number(std::string_view digits) {
  std::size_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string redis_command(std::initializer_list<std::string_view> arguments) {
  std::string bytes = "*" + std::to_string(arguments.size()) + "\r\n";
  for (const std::string_view argument : arguments) {
    bytes += "$" + std::to_string(argument.size()) + "\r\n" + std::string(argument) + "\r\n";
  }
  return bytes;
}

RedisClient::RedisClient(std::uint16_t port) : socket_(connect_to_loopback(port)) {
  const timeval limit{.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(patience).count(),
                      .tv_usec = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

std::string RedisClient::ask(std::initializer_list<std::string_view> command) {
  if (!send_all(socket_, redis_command(command))) {
    throw std::runtime_error("redis does not listen");
  }
  const std::string line = receive_line();
  if (line[0] != '$') return line.substr(1);
  if (line == "$-1") return "(nil)";
  const std::string value = receive_bytes(number(std::string_view(line).substr(1)));
  static_cast<void>(receive_line());
  return value;
}

std::string RedisClient::receive_line() {
  std::size_t end = 0;
  while ((end = received_.find(line_end)) == std::string::npos) receive_more();
  std::string line = received_.substr(0, end);
  received_.erase(0, end + line_end.size());
  return line;
}

std::string RedisClient::receive_bytes(std::size_t count) {
  while (received_.size() < count) receive_more();
  std::string bytes = received_.substr(0, count);
  received_.erase(0, count);
  return bytes;
}

void RedisClient::receive_more() {
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(socket_.number(), buffer.data(), buffer.size(), 0);
  if (size <= 0) throw std::runtime_error("redis does not answer");
  received_.append(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace async_http_pool::test
