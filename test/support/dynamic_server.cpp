#include "support/dynamic_server.hpp"

#include "support/encoding.hpp"

#include <async_http_pool/value.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>

namespace async_http_pool::test {

namespace {

Reply echo(const ReceivedRequest& request) {
  Value::Array headers;
  for (const auto& [name, value] : request.headers) headers.push_back(Value::array({name, value}));
  Value::Object echo = {{"method", request.method},
                        {"target", request.target},
                        {"headers", std::move(headers)},
                        {"body_base64", base64(request.body)}};
  const bool is_ascii =
      std::ranges::all_of(request.body, [](char c) { return static_cast<unsigned char>(c) < 128; });
  if (is_ascii) echo.emplace_back("body", request.body);
  return {.headers = {{"content-type", "application/json"}},
          .body = Value(std::move(echo)).to_json()};
}

Reply repeated_headers() {
  Reply reply;
  reply.headers.add("x-many", "one");
  reply.headers.add("x-many", "two");
  reply.headers.add("set-cookie", "a=1; Path=/");
  reply.headers.add("set-cookie", "b=2, c");
  reply.headers.add("x-empty", "");
  return reply;
}

Reply redirect(int count) {
  if (count == 0) return {.body = "arrived"};
  return {.status = 302, .headers = {{"location", "/redirect/" + std::to_string(count - 1)}}};
}

Reply compressed() {
  std::string text;
  while (text.size() < 5000) text += "0123456789";
  return {.headers = {{"content-type", "text/plain"}, {"content-encoding", "gzip"}},
          .body = gzip(text)};
}

bool may_have_body(const ReceivedRequest& request, int status) {
  return request.method != "HEAD" && status != 204 && status != 304;
}

std::string serialize(const Reply& reply, const ReceivedRequest& request) {
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Test\r\n";
  for (const auto& [name, value] : reply.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (reply.status != 204 && reply.status != 304) {
    text += "content-length: " + std::to_string(reply.body.size()) + "\r\n";
  }
  if (request.header("connection") == "close") text += "connection: close\r\n";
  text += "\r\n";
  if (may_have_body(request, reply.status)) text += reply.body;
  return text;
}

/// Whether `descriptor` became readable before `stopping` was opened.
bool wait_for_input(const Descriptor& descriptor, const Gate& stopping) {
  std::array<pollfd, 2> entries = {
      pollfd{.fd = descriptor.number(), .events = POLLIN, .revents = 0},
      pollfd{.fd = stopping.descriptor(), .events = POLLIN, .revents = 0}};
  static_cast<void>(::poll(entries.data(), entries.size(), -1));
  return !stopping.is_open();
}

}  // namespace

DynamicServer::DynamicServer() : listener_(listen_on_loopback()), port_(local_port(listener_)) {
  // Signals of a test are for the code under test: one that ended the poll here would lead into an
  // accept that nobody ends. The connections' threads inherit the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  acceptor_ = std::thread([this] { accept_connections(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

DynamicServer::~DynamicServer() {
  stopping_.open();
  released_.open();
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : connections_) {
      if (connection.socket) ::shutdown(connection.socket.number(), SHUT_RDWR);
    }
  }
  for (Connection& connection : connections_) connection.thread.join();
}

void DynamicServer::route(std::string_view path, Handler handler) {
  const std::lock_guard lock(mutex_);
  routes_.insert_or_assign(std::string(path), std::move(handler));
}

std::string DynamicServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void DynamicServer::accept_connections() {
  while (wait_for_input(listener_, stopping_)) {
    Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::size_t index = accepted_.fetch_add(1);
    const std::lock_guard lock(mutex_);
    Connection& connection =
        connections_.emplace_back(Connection{.socket = std::move(socket), .thread = {}});
    connection.thread = std::thread([this, &connection, index] { serve(connection, index); });
  }
}

void DynamicServer::serve(Connection& connection, std::size_t index) {
  std::string bytes;
  for (bool goes_on = true; goes_on;) {
    std::optional<ReceivedRequest> request = take_request(bytes);
    if (!request) {
      goes_on = receive(connection, bytes);
      continue;
    }
    request->connection = index;
    log_.add(*request);
    goes_on = send_all(connection.socket, serialize(answer(*request), *request)) &&
              request->header("connection") != "close";
  }
  const std::lock_guard lock(mutex_);
  connection.socket.close();
}

bool DynamicServer::receive(const Connection& connection, std::string& bytes) const {
  if (!wait_for_input(connection.socket, stopping_)) return false;
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(connection.socket.number(), buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  bytes.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

Reply DynamicServer::answer(const ReceivedRequest& request) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = routes_.find(path); found != routes_.end()) handler = found->second;
  }
  try {
    if (handler) return handler(request);
    const std::size_t slash = path.rfind('/');
    const std::string name(path.substr(0, slash + 1));
    const std::string number(path.substr(slash + 1));
    if (path == "/echo") return echo(request);
    if (path == "/headers") return repeated_headers();
    if (path == "/gzip") return compressed();
    if (path == "/hold") {
      static_cast<void>(released_.wait(10 * patience));
      return {.body = "held"};
    }
    if (name == "/status/") return {.status = std::stoi(number)};
    if (name == "/redirect/") return redirect(std::stoi(number));
    if (name == "/bytes/") {
      return {.headers = {{"content-type", "application/octet-stream"}},
              .body = std::string(std::stoul(number), 'x')};
    }
    return {.status = 404, .body = "no route"};
  } catch (const std::exception& error) {
    return {.status = 500, .body = error.what()};
  }
}

}  // namespace async_http_pool::test
