#include "support/redis_server.hpp"

#include "support/redis_client.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace async_http_pool::test {

namespace {

std::string find_redis_server() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = folder + "/redis-server";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  throw std::runtime_error("redis-server is not installed");
}

}  // namespace

RedisServer::RedisServer(RedisServerOptions options)
    : options_(std::move(options)), port_(free_port()) {
  start();
}

RedisServer::~RedisServer() { stop(); }

std::string RedisServer::url() const {
  const std::string credentials = options_.password.empty() ? "" : ":" + options_.password + "@";
  return "redis://" + credentials + "127.0.0.1:" + std::to_string(port_);
}

std::string RedisServer::unix_url() const {
  const std::string credentials = options_.password.empty() ? "" : ":" + options_.password + "@";
  return "unix://" + credentials + socket_path();
}

std::string RedisServer::socket_path() const { return (directory_.path() / "socket").string(); }

void RedisServer::stop() {
  if (process_ != nullptr) resume();  // a paused one would not end by itself
  process_.reset();
}

void RedisServer::start() {
  std::vector<std::string> arguments = {find_redis_server(),
                                        "--bind",
                                        "127.0.0.1",
                                        "--port",
                                        std::to_string(port_),
                                        "--unixsocket",
                                        socket_path(),
                                        "--dir",
                                        directory_.path().string(),
                                        "--save",
                                        "",
                                        "--appendonly",
                                        "no"};
  if (!options_.password.empty()) {
    arguments.insert(arguments.end(), {"--requirepass", options_.password});
  }
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  process_ = std::make_unique<ChildProcess>(ChildOptions{
      .arguments = std::move(arguments), .output_file = directory_.path() / "output.log"});
  wait_until_ready();
}

void RedisServer::wait_until_ready() const {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    try {
      static_cast<void>(RedisClient(port_).ask({"PING"}));  // any answer will do, NOAUTH too
      return;
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::connection_refused) throw;
    }
    if (process_->wait_for_end(2ms)) break;  // the pace of the attempts
  }
  throw std::runtime_error("redis-server does not start: " + log());
}

void RedisServer::pause() const { ::kill(process_->id(), SIGSTOP); }

void RedisServer::resume() const { ::kill(process_->id(), SIGCONT); }

std::string RedisServer::ask(std::initializer_list<std::string_view> command) const {
  RedisClient client(port_);
  if (!options_.password.empty() && client.ask({"AUTH", options_.password}) != "OK") {
    throw std::runtime_error("redis-server refuses the password");
  }
  return client.ask(command);
}

std::string RedisServer::log() const { return directory_.read("output.log"); }

}  // namespace async_http_pool::test
