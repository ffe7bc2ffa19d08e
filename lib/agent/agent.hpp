#pragma once

#include "agent/agent_mailbox.hpp"
#include "agent/lane.hpp"
#include "agent/order_queue.hpp"
#include "agent/origin_table.hpp"
#include "agent/request_handler.hpp"
#include "agent/selector.hpp"
#include "agent/socket_table.hpp"
#include "agent/transfer_remote.hpp"
#include "agent/transport.hpp"
#include "agent/url_cache.hpp"
#include "base/block_cache.hpp"
#include "base/intrusive_list.hpp"
#include "base/thread_role.hpp"
#include "base/timer_queue.hpp"
#include "curl/easy_handle_shelf.hpp"
#include "curl/quirks.hpp"
#include "curl/share_handle.hpp"

#include <async_http_pool/configuration.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace async_http_pool {

/// Drives transfers on one thread: takes orders from a channel, spreads their transfers over lanes,
/// sleeps while there is nothing to do, and reports each outcome to its listener. See
/// ARCHITECTURE.md, *The agent*.
class Agent final : public Transport,
                    private AgentMessageReceiver,
                    private PostedOrderHolder,
                    private RequestHandlerHost,
                    private LaneHost {
 public:
  /// `configuration` must outlive it. `transfer_double`, for tests, may be null. Throws
  /// `std::bad_alloc`, `CurlError` and `std::system_error`.
  Agent(const Configuration& configuration, std::unique_ptr<Selector> selector,
        std::shared_ptr<TransferDouble> transfer_double = nullptr);
  ~Agent() override;

  // --- any-thread ---

  bool submit(PostedOrder& order) override;
  std::shared_ptr<TransferRemote> make_remote(std::string_view origin) override;
  /// Ends `run` at `deadline` at the latest; an earlier one given before stays.
  void stop_at(TimePoint deadline) noexcept;
  /// Whether remotes of that mailbox are this agent's.
  [[nodiscard]] bool has_mailbox(const AgentMailbox& mailbox) const noexcept {
    return mailbox_.get() == &mailbox;
  }
  /// Transfers submitted and not reported yet.
  [[nodiscard]] int load() const noexcept { return load_.load(std::memory_order_relaxed); }

  // --- The agent's thread ---

  using FailureHook = std::function<void(const std::string& reason)>;
  /// Works until told to stop, then gives back what is left and closes. Returns why when it had to
  /// end by itself, and says so before anything is given back; `on_failure` must not throw.
  [[nodiscard]] std::optional<std::string> run(const FailureHook& on_failure = nullptr) noexcept;
  /// Makes a closed agent ready for another `run`. While no thread runs it.
  void reopen() noexcept;

 private:
  /// Closes the connections of lanes that have not been used for a while.
  class Housekeeping final : public Timer {
   public:
    explicit Housekeeping(Agent& agent) noexcept : agent_(agent) {}
    void on_due() override;

   private:
    Agent& agent_;
  };

  void turn() AHP_REQUIRES(agent_thread);
  [[nodiscard]] bool is_over() const noexcept;
  [[nodiscard]] bool has_work() const noexcept;
  [[nodiscard]] bool& is_behind(Company company) noexcept {
    return is_behind_[static_cast<std::size_t>(company)];
  }
  void take_messages() AHP_REQUIRES(agent_thread);
  void report_ended() AHP_REQUIRES(agent_thread);
  void send(Company company) AHP_REQUIRES(agent_thread);
  void handle_ready_sockets(Company company) AHP_REQUIRES(agent_thread);
  void act_on_socket(Lane& lane, int fd, Readiness readiness) AHP_REQUIRES(agent_thread);
  void run_ready_lanes() AHP_REQUIRES(agent_thread);
  void tell_news() AHP_REQUIRES(agent_thread);
  void sleep() AHP_REQUIRES(agent_thread);
  [[nodiscard]] int sleep_ms() const noexcept;

  void take_up(PostedOrder& order) AHP_REQUIRES(agent_thread);
  void line_up(PostedOrder& order) AHP_REQUIRES(agent_thread);
  void begin_orders(Company company) AHP_REQUIRES(agent_thread);
  void begin(PostedOrder& order, Origin& origin) AHP_REQUIRES(agent_thread);
  void enter_queue(RequestHandler& handler, Origin& origin) AHP_REQUIRES(agent_thread);
  void withdraw(PostedOrder& order) noexcept AHP_REQUIRES(agent_thread);
  void end_wait(PostedOrder& order) noexcept AHP_REQUIRES(agent_thread);
  void cancel(PostedOrder& order) noexcept AHP_REQUIRES(agent_thread);
  void fail(PostedOrder& order, TransferFailure failure) noexcept AHP_REQUIRES(agent_thread);
  void give_back(PostedOrder& order) noexcept AHP_REQUIRES(agent_thread);
  void start(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  [[nodiscard]] std::int64_t slots_of(const Origin& origin) const noexcept;
  void admit_waiting(Origin& origin) noexcept AHP_REQUIRES(agent_thread);
  void start_admitted() AHP_REQUIRES(agent_thread);
  void put_into_lane(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  [[nodiscard]] Lane& lane_for(Origin& origin) AHP_REQUIRES(agent_thread);
  [[nodiscard]] Lane& lane_at(std::size_t index) AHP_REQUIRES(agent_thread);
  void follow_clock(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  void resume(RequestHandler& handler, std::uint32_t signals) AHP_REQUIRES(agent_thread);
  void cancel(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  void take_from_lane(RequestHandler& handler) noexcept AHP_REQUIRES(agent_thread);
  /// The same before it is over; its server learns of that at once.
  void break_off(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  void report(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  void finish(RequestHandler& handler, TransferResult result) AHP_REQUIRES(agent_thread);
  void finish_without_memory(RequestHandler& handler) AHP_REQUIRES(agent_thread);
  void detach(RequestHandler& handler) noexcept AHP_REQUIRES(agent_thread);
  void recycle_later(RequestHandler& handler) noexcept AHP_REQUIRES(agent_thread);
  void recycle(RequestHandler& handler) noexcept AHP_REQUIRES(agent_thread);
  void recycle_worn_out() noexcept AHP_REQUIRES(agent_thread);
  void retire(Lane& lane, const std::string& reason) AHP_REQUIRES(agent_thread);
  void keep_house_later() AHP_REQUIRES(agent_thread);
  void drop_unused_lanes() AHP_REQUIRES(agent_thread);
  void give_everything_back() noexcept AHP_REQUIRES(agent_thread);
  void give_back(RequestHandler& handler) noexcept AHP_REQUIRES(agent_thread);

  // AgentMessageReceiver, PostedOrderHolder, RequestHandlerHost and LaneHost
  void on_order(PostedOrder& order) override;
  void on_order_due(PostedOrder& order) override;
  void on_order_given_back(PostedOrder& order) noexcept override;
  void on_signals(TransferRemote& remote, std::uint32_t signals) noexcept override;
  void on_news(RequestHandler& handler) noexcept override;
  void on_played(RequestHandler& handler, CURLcode code) override;
  void on_handler_due(RequestHandler& handler) override;
  void on_multiplexed(RequestHandler& handler) override;
  void on_lane_ready(Lane& lane) override;
  void on_transfer_finished(RequestHandler& handler, CURLcode code) override;
  SocketTable& sockets() noexcept override { return sockets_; }
  TimerQueue& timers() noexcept override { return timers_; }
  const Configuration& configuration() const noexcept override { return configuration_; }
  const Quirks& quirks() const noexcept override { return quirks_; }

  const Configuration& configuration_;
  const Quirks quirks_;
  const std::shared_ptr<TransferDouble> transfer_double_;  // shared by the agents of a group
  std::atomic<int> load_ = 0;
  std::atomic<TimePoint::rep> stop_at_;
  const std::shared_ptr<AgentMailbox> mailbox_;  // shared with remotes, which may come too late

  // All below: agent-thread.
  BlockCache blocks_;  // used by libcurl, if it was told, and by request handlers
  EasyHandleShelf easy_handles_;
  std::unique_ptr<Selector> selector_;
  ShareHandle share_;
  UrlCache urls_;
  TimerQueue timers_;
  OriginTable origins_;
  SocketTable sockets_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by index; null where it was dropped
  IntrusiveList<Lane> ready_lanes_;
  IntrusiveList<PostedOrder> delayed_;          // orders whose time has not come
  OrderQueue waiting_;                          // orders whose turn has not come
  IntrusiveList<PostedOrder> untaken_;          // orders that were in the mailbox at the end
  IntrusiveList<RequestHandler> handlers_;      // all that were accepted and are not over
  IntrusiveList<OriginQueue::Entry> admitted_;  // their turn has come; started outside of callbacks
  IntrusiveList<RequestHandler::News> news_;    // theirs that their listeners do not know yet
  IntrusiveList<RequestHandler::End> ended_;    // out of their lanes, and not reported yet
  IntrusiveList<RequestHandler::End> worn_out_;  // reported, and not torn down yet
  Housekeeping housekeeping_;
  // A look that found many is followed by another before sleep; so is all else that prevents sleep.
  bool may_have_ready_sockets_ = false;
  // By company: there may be more to read than the last look told of.
  std::array<bool, 2> is_behind_{};
};

}  // namespace async_http_pool
