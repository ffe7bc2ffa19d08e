#include "support/received_request.hpp"

#include <charconv>
#include <string_view>

namespace async_http_pool::test {

namespace {

constexpr std::string_view line_end = "\r\n";

std::size_t number(std::string_view digits, int base) {
  std::size_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return value;
}

void read_request_line(std::string_view line, ReceivedRequest& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last ||
      line.find("HTTP/") == std::string_view::npos) {
    return;
  }
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  request.version = line.substr(last + 1);
}

/// Returns the length of the chunked body at the front of `bytes`, none when it is not complete.
std::optional<std::size_t> read_chunks(std::string_view bytes, std::string& body) {
  std::size_t position = 0;
  for (;;) {
    const std::size_t end = bytes.find(line_end, position);
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t size = number(bytes.substr(position, end - position), 16);
    position = end + line_end.size();
    if (bytes.size() < position + size + line_end.size()) return std::nullopt;
    body += bytes.substr(position, size);
    position += size + line_end.size();
    if (size == 0) return position;
  }
}

}  // namespace

std::optional<ReceivedRequest> take_request(std::string& bytes) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  ReceivedRequest request;
  std::string_view head = std::string_view(bytes).substr(0, head_end + line_end.size());
  std::size_t line_length = head.find(line_end);
  read_request_line(head.substr(0, line_length), request);
  for (head.remove_prefix(line_length + 2); !head.empty(); head.remove_prefix(line_length + 2)) {
    line_length = head.find(line_end);
    const std::string_view line = head.substr(0, line_length);
    const std::size_t colon = line.find(':');
    if (request.method.empty() || colon == std::string_view::npos) continue;
    request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }

  std::size_t length = head_end + 4;
  const std::string_view rest = std::string_view(bytes).substr(length);
  if (request.header("transfer-encoding") == "chunked") {
    const auto body_length = read_chunks(rest, request.body);
    if (!body_length) return std::nullopt;
    length += *body_length;
  } else {
    const std::size_t body_length = number(request.header("content-length"), 10);
    if (rest.size() < body_length) return std::nullopt;
    request.body = rest.substr(0, body_length);
    length += body_length;
  }
  bytes.erase(0, length);
  return request;
}

}  // namespace async_http_pool::test
