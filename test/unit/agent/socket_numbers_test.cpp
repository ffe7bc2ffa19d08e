// What a SocketTable does about descriptors that libcurl closed without a word.
#include "agent/socket_table.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "agent/lane.hpp"
#include "agent/selector_factory.hpp"
#include "support/catch.hpp"
#include "support/descriptor.hpp"

namespace async_http_pool {
namespace {

class Fixture final : private LaneHost {
 public:
  [[nodiscard]] std::size_t ready_count() {
    return selector_->ready(Company::few).size() + selector_->ready(Company::many).size();
  }
  [[nodiscard]] SocketTable& table() { return table_; }
  [[nodiscard]] Lane& lane() { return lane_; }

 private:
  void on_lane_ready(Lane&) override {}
  void on_transfer_finished(RequestHandler&, CURLcode) override {}
  TimerQueue& timers() noexcept override { return timers_; }
  SocketTable& sockets() noexcept override { return table_; }

  std::unique_ptr<Selector> selector_ =
      make_selector(GENERATE(SelectorKind::epoll, SelectorKind::poll));
  OriginTable origins_;
  SocketTable table_{*selector_, origins_};
  TimerQueue timers_;
  Lane lane_{static_cast<LaneHost&>(*this), 0, {.kept_connections = 1}};
};

/// The reading end of a pipe in which a byte waits.
test::Pipe full_pipe() {
  test::Pipe pipe = test::make_pipe();
  REQUIRE(::write(pipe.writer.number(), "x", 1) == 1);
  return pipe;
}

TEST_CASE("a resolver's socket with the number of one that died in silence is watched anew") {
  Fixture fixture;
  const test::Pipe first = test::make_pipe();
  const test::Pipe second = full_pipe();
  const int number = first.reader.number();
  fixture.table().want(number, Readiness::readable, fixture.lane(), nullptr);
  CHECK(fixture.ready_count() == 0);
  REQUIRE(::dup2(second.reader.number(), number) == number);  // closes the first
  fixture.table().want(number, Readiness::readable, fixture.lane(), nullptr);
  CHECK(fixture.ready_count() == 1);
  fixture.table().want(number, Readiness::none, fixture.lane(), nullptr);
  CHECK(fixture.ready_count() == 0);
}

TEST_CASE("a connection with the number of a socket that died in silence is watched anew") {
  Fixture fixture;
  test::Pipe resolver = test::make_pipe();
  const int number = resolver.reader.number();
  fixture.table().want(number, Readiness::writable, fixture.lane(), nullptr);
  resolver.reader.close();
  const int opened = fixture.table().open(AF_INET, SOCK_STREAM, 0);
  REQUIRE(opened == number);          // the lowest that is free
  CHECK(fixture.ready_count() == 0);  // nobody has asked yet
  fixture.table().want(opened, Readiness::writable, fixture.lane(), nullptr);
  CHECK(fixture.ready_count() == 1);
  fixture.table().close(opened);
  CHECK(fixture.ready_count() == 0);
}

}  // namespace
}  // namespace async_http_pool
