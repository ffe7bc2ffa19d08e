#include "stores/redis_error.hpp"

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("an error reply of Redis means what its first words say") {
  using Code = PayloadStoreErrorCode;
  struct Row {
    const char* text;
    Code code;
  };
  // As Redis 3 to 7 say them.
  for (const Row& row : {
           Row{"NOAUTH Authentication required.", Code::unauthorized},
           Row{"WRONGPASS invalid username-password pair or user is disabled.", Code::unauthorized},
           Row{"NOPERM User x has no permissions to run the 'set' command", Code::unauthorized},
           Row{"NOPERM No permissions to access a key", Code::unauthorized},
           Row{"DENIED Redis is running in protected mode because", Code::unauthorized},
           Row{"ERR AUTH <password> called without any password configured for the default user.",
               Code::unauthorized},
           Row{"ERR Client sent AUTH, but no password is set", Code::unauthorized},
           Row{"ERR invalid password", Code::unauthorized},
           Row{"ERR operation not permitted", Code::unauthorized},
           Row{"ERR Protocol error: unauthenticated bulk length", Code::unauthorized},
           Row{"LOADING Redis is loading the dataset in memory", Code::overloaded},
           Row{"BUSY Redis is busy running a script.", Code::overloaded},
           Row{"TRYAGAIN Multiple keys request during rehashing of slot", Code::overloaded},
           Row{"MASTERDOWN Link with MASTER is down", Code::overloaded},
           Row{"ERR max number of clients reached", Code::overloaded},
           Row{"CLUSTERDOWN The cluster is down", Code::unavailable},
           Row{"NOREPLICAS Not enough good replicas to write.", Code::unavailable},
           Row{"OOM command not allowed when used memory > 'maxmemory'.", Code::full},
           Row{"MISCONF Errors writing to the AOF file: No space left on device", Code::full},
           Row{"MISCONF Redis is configured to save RDB snapshots, but", Code::read_only},
           Row{"READONLY You can't write against a read only replica.", Code::read_only},
           Row{"ERR invalid DB index", Code::misconfigured},
           Row{"ERR DB index is out of range", Code::misconfigured},
           Row{"ERR SELECT is not allowed in cluster mode", Code::misconfigured},
           Row{"MOVED 3999 127.0.0.1:6381", Code::misconfigured},
           Row{"ASK 3999 127.0.0.1:6381", Code::misconfigured},
           Row{"ERR Protocol error: invalid bulk length", Code::payload_too_large},
           Row{"ERR string exceeds maximum allowed size (proto-max-bulk-len)",
               Code::payload_too_large},
           Row{"WRONGTYPE Operation against a key holding the wrong kind of value", Code::corrupt},
           Row{"ERR unknown command 'SET'", Code::internal},
           Row{"ERR Protocol error: too big mbulk count string", Code::internal},
           Row{"ERR invalid expire time in 'set' command", Code::internal},
           Row{"ERR OOM", Code::internal},
           Row{"MOVEDX", Code::internal},
           Row{"ERR", Code::internal},
           Row{"", Code::internal},
       }) {
    INFO(row.text);
    CHECK(to_string(redis_error_code(row.text)) == to_string(row.code));
  }
}

TEST_CASE("the text of an error reply tells no arguments, and is short and printable") {
  CHECK(redis_error_text("OOM command not allowed") == "OOM command not allowed");
  CHECK(redis_error_text("ERR unknown command 'AUTH', with args beginning with: 'secret' ") ==
        "ERR unknown command 'AUTH'");
  CHECK(redis_error_text("ERR a\x1b[1m\xff") == "ERR a\\x1b[1m\\xff");
  CHECK(redis_error_text(std::string(1000, 'x')).size() == 200);
}

TEST_CASE("of an error reply to AUTH only the first word is told") {
  CHECK(redis_login_error_text("WRONGPASS invalid username-password pair") ==
        "AUTH failed: WRONGPASS");
  CHECK(redis_login_error_text("ERR\tsecret") == "AUTH failed: ERR");
  CHECK(redis_login_error_text("") == "AUTH failed: ");
  CHECK(redis_login_error_text(std::string(1000, 'x')).size() < 220);
}

}  // namespace
}  // namespace async_http_pool
