#include "stores/redis_options.hpp"

#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "stores/adapters.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

/// What is said about default options after `change`; empty when nothing is.
std::string refusal_of(const std::function<void(RedisStoreOptions&)>& change) {
  RedisStoreOptions options;
  change(options);
  try {
    static_cast<void>(checked_redis_options(options));
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::string refusal_of_adapter(std::initializer_list<Value::Member> options) {
  try {
    static_cast<void>(make_redis_store(Value::object(options)));
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST_CASE("options of a Redis store are checked when it is made") {
  using Options = RedisStoreOptions;
  CHECK(refusal_of([](Options&) {}).empty());
  CHECK(refusal_of([](Options& o) { o.host = ""; }) == "redis host is empty");
  CHECK(refusal_of([](Options& o) { o.host = std::string("a\0b", 3); }) ==
        "redis host has a NUL byte");
  CHECK(refusal_of([](Options& o) { o.user = "u"; }) == "redis user is set, but password is not");
  CHECK(refusal_of([](Options& o) { o.url = "redis://u@h"; }) ==
        "redis user is set, but password is not");
  for (const int port : {0, -1, 65536}) {
    CHECK(refusal_of([port](Options& o) { o.port = port; }) ==
          "redis port must be between 1 and 65535, got: " + std::to_string(port));
  }
  CHECK(refusal_of([](Options& o) { o.unix_socket = std::string(107, 'a'); }).empty());
  CHECK(refusal_of([](Options& o) { o.unix_socket = std::string(108, 'a'); }) ==
        "redis unix_socket is longer than 107 bytes: \"" + std::string(108, 'a') + "\"");
  CHECK(refusal_of([](Options& o) {
          o.unix_socket = "/s";
          o.tls = true;
        }) == "redis tls does not go with a unix socket");
  CHECK(refusal_of([](Options& o) { o.db = -1; }) == "redis db must not be negative");
  CHECK(refusal_of([](Options& o) { o.ca_file = "/x"; }) == "redis ca_file is set, but tls is not");
  CHECK(refusal_of([](Options& o) { o.max_connections = 0; }) ==
        "redis max_connections must be between 1 and 10000, got: 0");
  CHECK(refusal_of([](Options& o) { o.ttl = 0ms; }).starts_with("redis ttl must be"));
  CHECK(refusal_of([](Options& o) { o.ttl = 1ms; }).empty());
  CHECK(refusal_of([](Options& o) {
          o.connect_timeout = 0ms;
        }).starts_with("redis connect_timeout must be"));
  CHECK(refusal_of([](Options& o) {
          o.command_timeout = 24h + 1ms;
        }).starts_with("redis command_timeout must be"));
  CHECK(refusal_of([](Options& o) { o.key_prefix = std::string(1025, 'k'); }) ==
        "redis key_prefix is longer than 1024 bytes, got: 1025");
}

TEST_CASE("the place of a Redis server in messages has no credentials") {
  RedisStoreOptions options;
  options.url = "redis://user:secret@[::1]:7/1";
  CHECK(redis_place(checked_redis_options(options)) == "[::1]:7");
  options.url = "unix://user:secret@/run/a%0Ab";
  CHECK(redis_place(checked_redis_options(options)) == "/run/a\\x0ab");
}

TEST_CASE("the Redis adapter takes its options by name, and no others") {
  CHECK(refusal_of_adapter({{"url", "redis://h"},
                            {"host", "h"},
                            {"port", 1},
                            {"unix_socket", ""},
                            {"user", "u"},
                            {"password", "p"},
                            {"db", 1},
                            {"tls", false},
                            {"ca_file", ""},
                            {"key_prefix", "k"},
                            {"ttl", 1.5},
                            {"connect_timeout", 1},
                            {"command_timeout", 2},
                            {"max_connections", 3}}) == "");
  CHECK(refusal_of_adapter({}) == "");
  CHECK(refusal_of_adapter({{"ttl", nullptr}}) == "");
  CHECK(refusal_of_adapter({{"port", 0}}) == "redis port must be between 1 and 65535, got: 0");
  CHECK(refusal_of_adapter({{"max_connections", 0}}).starts_with("redis max_connections"));
  CHECK(refusal_of_adapter({{"password", 5}}).find("\"password\"") != std::string::npos);
  CHECK(refusal_of_adapter({{"db", "1"}}).find("\"db\"") != std::string::npos);
  CHECK(refusal_of_adapter({{"tls", 1}}).find("\"tls\"") != std::string::npos);
  CHECK(refusal_of_adapter({{"ttl", 0}}).find("\"ttl\"") != std::string::npos);
  CHECK(refusal_of_adapter({{"timeout", 1}}).find("\"timeout\"") != std::string::npos);
}

}  // namespace
}  // namespace async_http_pool
