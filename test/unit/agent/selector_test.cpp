// What both selectors have to do alike.
#include "agent/selector.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "agent/selector_factory.hpp"
#include "support/catch.hpp"
#include "support/descriptor.hpp"

namespace async_http_pool {
namespace {

using test::Descriptor;

struct SocketPair {
  SocketPair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
      test::throw_errno("socketpair");
    ours = Descriptor(ends[0]);
    peer = Descriptor(ends[1]);
  }
  [[nodiscard]] int fd() const { return ours.number(); }
  void peer_says_something() const { REQUIRE(::send(peer.number(), "x", 1, MSG_NOSIGNAL) == 1); }
  void peer_says_its_last() const { REQUIRE(::shutdown(peer.number(), SHUT_WR) == 0); }
  void fill() const {
    const std::string bytes(65536, 'x');
    while (::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    }
  }
  static void drain(int end) {
    std::array<char, 65536> bytes;
    while (::recv(end, bytes.data(), bytes.size(), 0) > 0) {
    }
  }

  Descriptor ours;
  Descriptor peer;
};

/// Numbers of one socket that is readable: as many sockets as a test wants.
class ReadableSockets {
 public:
  ReadableSockets() { pair_.peer_says_something(); }
  /// A new one. Valid as long as this lives.
  [[nodiscard]] int add() {
    copies_.emplace_back(::dup(pair_.fd()));
    REQUIRE(copies_.back());
    return copies_.back().number();
  }
  void forget_all(Selector& selector) const {
    for (const Descriptor& copy : copies_) selector.forget(copy.number());
  }

 private:
  SocketPair pair_;
  std::vector<Descriptor> copies_;
};

/// A selector of each kind in turn, and what a test asks it.
class Fixture {
 public:
  [[nodiscard]] Selector& operator*() { return *selector_; }
  [[nodiscard]] Selector* operator->() { return selector_.get(); }

  /// What is told of `fd`; none when it is not told of at all.
  [[nodiscard]] Readiness told(int fd) {
    Readiness readiness = Readiness::none;
    for (const Selector::Event& event : ready()) {
      if (event.fd == fd) readiness = readiness | event.readiness;
    }
    return readiness;
  }
  /// What a look at each company tells.
  [[nodiscard]] std::vector<Selector::Event> ready() {
    std::vector<Selector::Event> events;
    for (const Company company : {Company::few, Company::many}) {
      const std::span<const Selector::Event> found = selector_->ready(company);
      events.insert(events.end(), found.begin(), found.end());
    }
    return events;
  }
  [[nodiscard]] bool tells_apart() const { return kind_ == SelectorKind::epoll; }
  [[nodiscard]] bool tells(int fd, Readiness readiness) { return has(told(fd), readiness); }
  /// Whether curl_multi_poll would return at once.
  [[nodiscard]] bool wakes() {
    const std::span<curl_waitfd> waitables = selector_->waitables();
    multi_.poll(waitables, 0);
    for (const curl_waitfd& socket : waitables) {
      if (socket.revents != 0) return true;
    }
    return false;
  }

 private:
  const SelectorKind kind_ = GENERATE(SelectorKind::epoll, SelectorKind::poll);
  std::unique_ptr<Selector> selector_ = make_selector(kind_);
  MultiHandle multi_;
};

TEST_CASE("a selector tells that a socket is readable, until it is read") {
  Fixture selector;
  const SocketPair sockets;
  selector->await(sockets.fd(), Readiness::readable);
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
  sockets.peer_says_something();
  for (int i = 0; i < 3; ++i) {
    CHECK(selector.wakes());
    CHECK(selector.told(sockets.fd()) == Readiness::readable);
  }
  SocketPair::drain(sockets.fd());
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
}

TEST_CASE("a selector tells that a socket is writable, as long as it is") {
  Fixture selector;
  const SocketPair sockets;
  selector->await(sockets.fd(), Readiness::writable);
  CHECK(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::writable);
  sockets.fill();
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
  SocketPair::drain(sockets.peer.number());
  CHECK(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::writable);
}

TEST_CASE("a selector tells both at once when both are awaited, and only what is awaited") {
  Fixture selector;
  const SocketPair sockets;
  sockets.peer_says_something();
  selector->await(sockets.fd(), Readiness::readable | Readiness::writable);
  CHECK(selector.told(sockets.fd()) == (Readiness::readable | Readiness::writable));
  selector->await(sockets.fd(), Readiness::writable);
  CHECK(selector.told(sockets.fd()) == Readiness::writable);
  selector->await(sockets.fd(), Readiness::readable);
  CHECK(selector.told(sockets.fd()) == Readiness::readable);
}

TEST_CASE("a selector that waits for the peer to hang up is not told of bytes") {
  Fixture selector;
  const SocketPair sockets;
  selector->await(sockets.fd(), Readiness::hang_up);
  sockets.peer_says_something();
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
  sockets.peer_says_its_last();
  CHECK(selector.told(sockets.fd()) == Readiness::hang_up);
}

TEST_CASE("a peer that hangs up makes a socket readable") {
  Fixture selector;
  SocketPair sockets;
  selector->await(sockets.fd(), Readiness::readable);
  SECTION("by half") { sockets.peer_says_its_last(); }
  SECTION("for good") { sockets.peer.close(); }
  CHECK(selector.wakes());
  CHECK(selector.tells(sockets.fd(), Readiness::readable));
}

TEST_CASE("hard case 34: a half-closed peer is not told of while only writing is awaited") {
  Fixture selector;
  const SocketPair sockets;
  sockets.fill();
  selector->await(sockets.fd(), Readiness::writable);
  sockets.peer_says_its_last();
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
}

TEST_CASE("a failed socket is told of whatever is awaited") {
  Fixture selector;
  test::Pipe pipe = test::make_pipe();
  selector->await(pipe.writer.number(), GENERATE(Readiness::writable, Readiness::hang_up));
  REQUIRE_FALSE(selector.tells(pipe.writer.number(), Readiness::failed));
  pipe.reader.close();
  CHECK(selector.wakes());
  CHECK(selector.tells(pipe.writer.number(), Readiness::failed));
}

TEST_CASE("a socket of which nothing is awaited is not told of, until something is again") {
  Fixture selector;
  const SocketPair sockets;
  sockets.peer_says_something();
  selector->await(sockets.fd(), Readiness::readable);
  selector->await(sockets.fd(), Readiness::none);
  selector->await(sockets.fd(), Readiness::none);
  CHECK_FALSE(selector.wakes());
  CHECK(selector.told(sockets.fd()) == Readiness::none);
  selector->await(sockets.fd(), Readiness::readable);
  CHECK(selector.told(sockets.fd()) == Readiness::readable);
}

TEST_CASE("sockets that were never awaited can be dropped and forgotten") {
  Fixture selector;
  selector->await(700, Readiness::none);
  selector->forget(3000);
  CHECK(selector.ready().empty());
}

TEST_CASE("dropping one of several sockets leaves the others as they are") {
  Fixture selector;
  const SocketPair pairs[3];
  for (const SocketPair& pair : pairs) {
    selector->await(pair.fd(), Readiness::readable);
    pair.peer_says_something();
  }
  const auto dropped = static_cast<std::size_t>(GENERATE(0, 1, 2));
  if (GENERATE(true, false)) {
    selector->await(pairs[dropped].fd(), Readiness::none);
  } else {
    selector->forget(pairs[dropped].fd());
  }
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(selector.told(pairs[i].fd()) == (i == dropped ? Readiness::none : Readiness::readable));
  }
}

TEST_CASE("a number that was forgotten and closed can be given out and awaited again") {
  Fixture selector;
  SocketPair old;
  const SocketPair next;
  const int number = old.fd();
  selector->await(number, Readiness::readable);
  selector->forget(number);
  REQUIRE(::dup2(next.fd(), number) == number);  // closes the old one
  CHECK(selector.told(number) == Readiness::none);
  selector->await(number, Readiness::readable);
  next.peer_says_something();
  CHECK(selector.wakes());
  CHECK(selector.told(number) == Readiness::readable);
}

TEST_CASE("a number that was closed behind its back can be given out and awaited again") {
  Fixture selector;
  SocketPair old;
  const SocketPair next;
  const int number = old.fd();
  selector->await(number, Readiness::readable);
  REQUIRE(::dup2(next.fd(), number) == number);
  next.peer_says_something();
  SECTION("for something else") {
    selector->await(number, Readiness::readable | Readiness::writable);
    CHECK(selector.told(number) == (Readiness::readable | Readiness::writable));
  }
  SECTION("for the same, when it is forgotten before") {
    selector->forget(number);
    selector->await(number, Readiness::readable);
    CHECK(selector.told(number) == Readiness::readable);
  }
  SECTION("for the same, when nothing was awaited between") {
    selector->await(number, Readiness::none);
    selector->await(number, Readiness::readable);
    CHECK(selector.told(number) == Readiness::readable);
  }
}

TEST_CASE("a number that was abandoned and is another file now is left alone, then awaited anew") {
  Fixture selector;
  SocketPair old;
  const SocketPair next;
  const int number = old.fd();
  selector->await(number, Readiness::readable);
  REQUIRE(::dup2(next.fd(), number) == number);
  selector->abandon(number);
  next.peer_says_something();
  CHECK(selector.told(number) == Readiness::none);
  selector->forget(number);
  selector->await(number, Readiness::readable);
  CHECK(selector.told(number) == Readiness::readable);
}

TEST_CASE("a socket that is closed behind its back disturbs no other and can be dropped") {
  Fixture selector;
  SocketPair lost;
  const SocketPair other;
  selector->await(lost.fd(), Readiness::readable);
  selector->await(other.fd(), Readiness::readable);
  const int number = lost.fd();
  lost.ours.close();
  other.peer_says_something();
  CHECK(selector.told(other.fd()) == Readiness::readable);
  CHECK_NOTHROW(selector->await(number, Readiness::none));
  CHECK(selector.told(number) == Readiness::none);
  CHECK(selector.told(other.fd()) == Readiness::readable);
}

TEST_CASE("hard case 149: a forgotten socket is not told of while a forked child holds it open") {
  Fixture selector;
  SocketPair sockets;
  const int number = sockets.fd();
  const Descriptor held_by_child(::dup(number));  // the same to the kernel
  selector->await(number, Readiness::readable);
  selector->forget(number);
  sockets.ours.close();
  sockets.peer_says_something();
  CHECK_FALSE(selector.wakes());
  CHECK(selector.ready().empty());
}

TEST_CASE("awaiting a number that is no descriptor fails or is told of, and harms nothing") {
  Fixture selector;
  const SocketPair other;
  const int number = ::dup(other.fd());
  REQUIRE(::close(number) == 0);
  try {
    selector->await(number, Readiness::readable);
    CHECK(selector.tells(number, Readiness::failed));
  } catch (const std::system_error& error) {
    CHECK(error.code().value() == EBADF);
  }
  selector->forget(number);
  selector->await(other.fd(), Readiness::writable);
  CHECK(selector.told(other.fd()) == Readiness::writable);
}

TEST_CASE("of very many ready sockets each one is told of in the end") {
  constexpr std::size_t count = 700;
  Fixture selector;
  const Company company = GENERATE(Company::few, Company::many);
  ReadableSockets sockets;
  std::set<int> wanted;
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = sockets.add();
    wanted.insert(fd);
    selector->await(fd, Readiness::readable, company);
  }
  std::set<int> told;
  for (std::size_t round = 0; round < count && told.size() < count; ++round) {
    std::vector<int> fds;
    bool has_more = false;
    for (const Company looked_at : {Company::few, Company::many}) {
      for (const Selector::Event& event : selector->ready(looked_at)) fds.push_back(event.fd);
      has_more = has_more || selector->has_more();
    }
    if (told.size() + fds.size() < count) CHECK(has_more);
    for (const int fd : fds) {
      CHECK(told.insert(fd).second);
      selector->await(fd, Readiness::none);
    }
  }
  CHECK(told == wanted);
  for (const Company looked_at : {Company::few, Company::many}) {
    CHECK(selector->ready(looked_at).empty());
    CHECK_FALSE(selector->has_more());
  }
  sockets.forget_all(*selector);
}

/// Whether `fd` is told of by a look at `company`.
bool tells_of(Selector& selector, Company company, int fd) {
  return std::ranges::any_of(selector.ready(company),
                             [fd](const Selector::Event& event) { return event.fd == fd; });
}

TEST_CASE("companies are told of apart, where they are told apart, and all of them by all looks") {
  Fixture selector;
  ReadableSockets sockets;
  const int among_many = sockets.add();
  const int lone = sockets.add();
  selector->await(among_many, Readiness::readable, Company::many);
  selector->await(lone, Readiness::readable, Company::few);
  CHECK(selector.wakes());
  CHECK_FALSE(tells_of(*selector, Company::few, among_many));
  CHECK(tells_of(*selector, Company::many, among_many));
  CHECK(tells_of(*selector, Company::few, lone) == selector.tells_apart());
  sockets.forget_all(*selector);
  CHECK_FALSE(selector.wakes());
}

TEST_CASE("a socket changes company whenever it is awaited in another") {
  Fixture selector;
  ReadableSockets sockets;
  const int fd = sockets.add();
  const auto wanted = GENERATE(Readiness::readable, Readiness::readable | Readiness::writable);
  for (const Company company : {Company::many, Company::few, Company::many}) {
    selector->await(fd, wanted, company);
    CHECK(selector.ready().size() == 1);
    CHECK(tells_of(*selector, company, fd) == (company == Company::many || selector.tells_apart()));
  }
  selector->await(fd, Readiness::none, Company::few);  // though it is among many
  CHECK(selector.ready().empty());
}

}  // namespace
}  // namespace async_http_pool
