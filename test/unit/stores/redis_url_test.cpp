// redis://, rediss:// and unix:// URLs, and what goes before what.
#include "stores/redis_url.hpp"

#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// What a URL comes to: "host port user password db tls" or "unix <path> ...".
std::string resolved(const std::string& url, RedisStoreOptions options = {}) {
  options.url = url;
  const RedisStoreOptions result = resolve_redis_url(options);
  CHECK(result.url.empty());
  const std::string place = result.unix_socket.empty()
                                ? result.host + " " + std::to_string(result.port)
                                : "unix " + result.unix_socket;
  return place + " <" + result.user + "> <" + result.password + "> " + std::to_string(result.db) +
         (result.tls ? " tls" : "");
}

std::string refusal_of(const std::string& url, const RedisStoreOptions& options = {}) {
  try {
    return "taken: " + resolved(url, options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST_CASE("a Redis URL names host, port, credentials and database") {
  struct Row {
    const char* url;
    const char* expected;
  };
  for (const Row& row : {
           Row{"redis://example.com", "example.com 6379 <> <> 0"},
           Row{"redis://example.com/", "example.com 6379 <> <> 0"},
           Row{"REDIS://Example.com:1", "Example.com 1 <> <> 0"},
           Row{"redis://h:65535/15", "h 65535 <> <> 15"},
           Row{"redis://user:pass@h/2", "h 6379 <user> <pass> 2"},
           Row{"redis://:pass@h", "h 6379 <> <pass> 0"},
           Row{"redis://user@h", "h 6379 <user> <> 0"},
           Row{"redis://user:@h", "h 6379 <user> <> 0"},
           Row{"redis://u%40x:p%3A%2F%23%25%20@h", "h 6379 <u@x> <p:/#% > 0"},
           Row{"redis://u:a:b@h", "h 6379 <u> <a:b> 0"},
           Row{"redis://[::1]:7000/1", "::1 7000 <> <> 1"},
           Row{"redis://[fe80::1%25eth0]", "fe80::1%eth0 6379 <> <> 0"},
           Row{"rediss://u:p@h:1/3", "h 1 <u> <p> 3 tls"},
           Row{"unix:///run/redis.sock", "unix /run/redis.sock <> <> 0"},
           Row{"unix://u:p@/run/a%20b?db=4", "unix /run/a b <u> <p> 4"},
           Row{"unix://:p@/s", "unix /s <> <p> 0"},
       }) {
    INFO(row.url);
    CHECK(resolved(row.url) == row.expected);
  }
}

TEST_CASE("what a Redis URL names goes before the options, and what it does not name stays") {
  RedisStoreOptions options;
  options.host = "other";
  options.port = 1;
  options.user = "me";
  options.password = "mine";
  options.db = 9;
  options.tls = true;
  CHECK(resolved("redis://h", options) == "h 1 <me> <mine> 9 tls");
  CHECK(resolved("redis://h:2/3", options) == "h 2 <me> <mine> 3 tls");
  CHECK(resolved("redis://:@h", options) == "h 1 <me> <mine> 9 tls");
  CHECK(resolved("redis://me:mine@h", options) == "h 1 <me> <mine> 9 tls");
  CHECK(resolved("", options) == "other 1 <me> <mine> 9 tls");
  options.unix_socket = "/s";
  CHECK(resolved("redis://h", options) == "h 1 <me> <mine> 9 tls");
  CHECK(resolved("unix:///t", options) == "unix /t <me> <mine> 9 tls");
}

TEST_CASE("credentials of a Redis URL are not mixed with those of the options") {
  RedisStoreOptions password;
  password.password = "S3cr";
  RedisStoreOptions user;
  user.user = "S3cr";
  for (const char* url : {"redis://bob@h", "redis://bob:pw@h", "redis://:pw@h", "unix://:pw@/s"}) {
    INFO(url);
    for (const RedisStoreOptions& options : {password, user}) {
      const std::string message = refusal_of(url, options);
      CHECK(message ==
            "redis url names a user or a password other than those of the options: give both in "
            "one place");
    }
  }
  CHECK(resolved("redis://:S3cr@h", password) == "h 6379 <> <S3cr> 0");
  CHECK(resolved("redis://bob:S3cr@h", password) == "h 6379 <bob> <S3cr> 0");
}

TEST_CASE("a wrong Redis URL is refused without telling any part of it") {
  const std::string secret = "S3cr";
  for (const std::string url : {"S3cr",
                                "h:6379",
                                "redis:h",
                                "http://u:S3cr@h",
                                "redis://",
                                "redis://u:S3cr@",
                                "redis:///1",
                                "redis://u:S3cr@h:0",
                                "redis://u:S3cr@h:65536",
                                "redis://u:S3cr@h:",
                                "redis://u:S3cr@h:x",
                                "redis://u:S3cr/et@h",
                                "redis://u:S3cr#et@h",
                                "redis://u:S3cr?et@h",
                                "redis://u:S3cr@et@h",
                                "redis://u:S3cr%@h",
                                "redis://u:S3cr%4@h",
                                "redis://u:S3cr%zz@h",
                                "redis://u:S3cr et@h",
                                "redis://u:S3cr\xc3\xa9@h",
                                "redis://u:S3cr@h/x",
                                "redis://u:S3cr@h/-1",
                                "redis://u:S3cr@h/1/2",
                                "redis://u:S3cr@h/99999999999",
                                "redis://u:S3cr@h/1?db=2",
                                "redis://u:S3cr@[::1",
                                "redis://u:S3cr@[S3cr]",
                                "redis://u:S3cr@a b",
                                "unix://S3cr",
                                "unix://h/S3cr",
                                "unix://u:S3cr@",
                                "unix://u:S3cr@/",
                                "unix:///S3cr?db=",
                                "unix:///s?db=x",
                                "unix:///s?S3cr=1",
                                "unix:///s?db=1&S3cr",
                                "unix:///s#S3cr",
                                "redis://u:S3cr@h\n"}) {
    INFO(url);
    const std::string message = refusal_of(url);
    INFO(message);
    CHECK(message.starts_with("redis url "));
    CHECK(message.find(secret) == std::string::npos);
  }
}

}  // namespace
}  // namespace async_http_pool
