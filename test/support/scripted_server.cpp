#include "support/scripted_server.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace async_http_pool::test {

ScriptedServer::ScriptedServer(Script otherwise)
    : listener_(listen_on_loopback()),
      port_(local_port(listener_)),
      otherwise_(std::move(otherwise)) {
  make_non_blocking(listener_);
  thread_ = std::thread([this] { run(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_.open();
  thread_.join();
}

void ScriptedServer::on_connection(std::size_t index, Script script) {
  const std::lock_guard lock(mutex_);
  scripts_.insert_or_assign(index, std::move(script));
}

void ScriptedServer::otherwise(Script script) {
  const std::lock_guard lock(mutex_);
  otherwise_ = std::move(script);
}

std::string ScriptedServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::size_t ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

bool ScriptedServer::peer_closed(std::size_t connection) const {
  const std::lock_guard lock(mutex_);
  return closed_by_peer_.contains(connection);
}

bool ScriptedServer::wait_for_connections(std::size_t count,
                                          std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return accepted_ >= count; });
}

bool ScriptedServer::wait_for_peer_close(std::size_t connection,
                                         std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return closed_by_peer_.contains(connection); });
}

void ScriptedServer::run() {
  std::vector<ScriptedConnection> connections;
  while (!stopping_.is_open()) {
    std::vector<pollfd> entries = {{.fd = stopping_.descriptor(), .events = POLLIN, .revents = 0},
                                   {.fd = listener_.number(), .events = POLLIN, .revents = 0}};
    Clock::time_point wake_time = Clock::time_point::max();
    for (const ScriptedConnection& connection : connections) {
      connection.watch(entries);
      wake_time = std::min(wake_time, connection.wake_time().value_or(Clock::time_point::max()));
    }
    int timeout = -1;
    if (wake_time != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake_time - Clock::now());
      timeout = static_cast<int>(std::max(left, 0ms).count());
    }
    static_cast<void>(::poll(entries.data(), entries.size(), timeout));
    accept_connection(connections);
    for (std::size_t index = 0; index < connections.size(); ++index) {
      connections[index].run();
      publish(index, connections[index]);
    }
  }
}

void ScriptedServer::accept_connection(std::vector<ScriptedConnection>& connections) {
  Descriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket) return;
  const std::lock_guard lock(mutex_);
  const std::size_t index = accepted_++;
  const auto own = scripts_.find(index);
  connections.emplace_back(
      ScriptedConnection::Parts{.index = index,
                                .socket = std::move(socket),
                                .script = own != scripts_.end() ? own->second : otherwise_,
                                .log = &log_});
  changed_.notify_all();
}

void ScriptedServer::publish(std::size_t index, const ScriptedConnection& connection) {
  if (!connection.is_peer_closed()) return;
  const std::lock_guard lock(mutex_);
  if (closed_by_peer_.insert(index).second) changed_.notify_all();
}

}  // namespace async_http_pool::test
