// Connections that are given up before they stand: libcurl 7.88 closes them without calling
// CURLOPT_CLOSESOCKETFUNCTION, and only then says that it awaits nothing more of them.
#include "support/catch.hpp"
#include "support/dynamic_server.hpp"
#include "support/eventually.hpp"
#include "support/full_listener.hpp"
#include "support/running_processor.hpp"
#include "support/watchdog.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <sys/socket.h>

#include <array>
#include <memory>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// Sockets of the application, with a byte waiting in each.
class Bystanders {
 public:
  Bystanders() {
    for (auto& [ours, theirs] : pairs_) {
      std::array<int, 2> fds{};
      REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
      ours = Descriptor(fds[0]);
      theirs = Descriptor(fds[1]);
      REQUIRE(send_all(theirs, "x"));
      REQUIRE(send_all(ours, "x"));
    }
  }

  [[nodiscard]] bool are_untouched() const {
    for (const auto& [ours, theirs] : pairs_) {
      for (const Descriptor* end : {&ours, &theirs}) {
        char byte = 0;
        if (::recv(end->number(), &byte, 1, MSG_DONTWAIT) != 1) return false;
        if (!send_all(*end, "y")) return false;
      }
    }
    return true;
  }

 private:
  std::array<std::pair<Descriptor, Descriptor>, 8> pairs_;
};

}  // namespace

TEST_CASE("A processor stopped while connections are made starts again and makes others") {
  const Watchdog watchdog("stopping while connecting");
  const FullListener full;
  DynamicServer server;
  RunningProcessor processor(test_configuration().set_agents(GENERATE(1, 2)).set_lane_size(2));
  for (int round = 0; round < 3; ++round) {
    std::vector<std::shared_ptr<RecordingHandler>> connecting;
    for (int i = 0; i < 5; ++i) connecting.push_back(processor.begin_get(full.url()));
    REQUIRE(eventually([&] { return processor->inflight_count() == 5; }));
    CHECK(processor.get(server.url("/status/200")).status() == 200);
    processor->stop(0ms);
    for (const auto& handler : connecting) CHECK(handler->outcome(0ms).is_retry());
    processor->start();
  }
}

TEST_CASE("The number of a connection that timed out may be another's: it is left alone") {
  const Watchdog watchdog("descriptors of others");
  const FullListener full;
  DynamicServer first;
  DynamicServer second;
  RunningProcessor processor(test_configuration().set_connection_pool_size(1));
  std::vector<std::shared_ptr<RecordingHandler>> connecting;
  for (int i = 0; i < 3; ++i)
    connecting.push_back(processor.begin(Request::get(full.url()).timeout(50ms).build()));
  for (const auto& handler : connecting)
    CHECK(handler->outcome().summary() == "timeout request_timeout");
  REQUIRE(processor->wait_until_idle(patience));
  const Bystanders bystanders;  // the lowest numbers that are free, and so those
  for (int i = 0; i < 3; ++i) {
    // Two origins in turn: the connections of the one before are closed.
    CHECK(processor.get(first.url("/status/200")).status() == 200);
    CHECK(processor.get(second.url("/status/200")).status() == 200);
  }
  CHECK(bystanders.are_untouched());
}
