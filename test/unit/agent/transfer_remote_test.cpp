#include "agent/transfer_remote.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// Takes messages as an agent would.
class Receiver final : public AgentMessageReceiver {
 public:
  void on_order(PostedOrder&) override {}
  void on_order_given_back(PostedOrder&) noexcept override {}
  void on_signals(TransferRemote&, std::uint32_t signals) noexcept override {
    seen.push_back(signals);
  }

  void take(AgentMailbox& mailbox) {
    auto batch = mailbox.channel.take();
    while (AgentMessage* message = batch.pop()) message->deliver(*this);
  }
  void close(AgentMailbox& mailbox) {
    auto batch = mailbox.channel.close();
    while (AgentMessage* message = batch.pop()) message->give_back(*this);
  }

  std::vector<std::uint32_t> seen;
};

TEST_CASE("signals of one remote are one message") {
  const auto mailbox = std::make_shared<AgentMailbox>();
  const auto remote = std::make_shared<TransferRemote>(mailbox);
  Receiver receiver;
  remote->resume_body();
  remote->resume_source();
  remote->resume_body();
  receiver.take(*mailbox);
  CHECK(receiver.seen ==
        std::vector<std::uint32_t>{TransferRemote::body_room | TransferRemote::source_bytes});
  receiver.take(*mailbox);
  CHECK(receiver.seen.size() == 1);
  remote->resume_body();
  receiver.take(*mailbox);
  CHECK(receiver.seen.size() == 2);
}

TEST_CASE("a cancelled remote stays so") {
  const auto mailbox = std::make_shared<AgentMailbox>();
  const auto remote = std::make_shared<TransferRemote>(mailbox);
  CHECK_FALSE(remote->is_cancelled());
  remote->cancel();
  CHECK(remote->is_cancelled());
  Receiver receiver;
  receiver.take(*mailbox);
  CHECK(receiver.seen == std::vector<std::uint32_t>{TransferRemote::cancelled});
  CHECK(remote->is_cancelled());
}

TEST_CASE("a remote in the mailbox lives until it is taken out, or given back") {
  const auto mailbox = std::make_shared<AgentMailbox>();
  auto remote = std::make_shared<TransferRemote>(mailbox);
  const std::weak_ptr<TransferRemote> watch = remote;
  remote->resume_body();
  remote.reset();
  CHECK_FALSE(watch.expired());
  Receiver receiver;
  SECTION("taken out") { receiver.take(*mailbox); }
  SECTION("given back") { receiver.close(*mailbox); }
  CHECK(watch.expired());
}

TEST_CASE("a remote may come too late") {
  const auto mailbox = std::make_shared<AgentMailbox>();
  auto remote = std::make_shared<TransferRemote>(mailbox);
  const std::weak_ptr<TransferRemote> watch = remote;
  Receiver receiver;
  receiver.close(*mailbox);
  remote->cancel();
  remote->resume_body();
  CHECK(remote.use_count() == 1);
  remote.reset();
  CHECK(watch.expired());
  CHECK(receiver.seen.empty());
}

}  // namespace
}  // namespace async_http_pool
