#pragma once

#include "agent/origin_queue.hpp"
#include "agent/posted_order.hpp"
#include "agent/selector.hpp"
#include "base/intrusive_list.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace async_http_pool {

/// What an origin with orders that wait is in a list by.
struct OriginInLine : ListNode<OriginInLine> {
 protected:
  ~OriginInLine() = default;
};

/// What an agent knows of an origin (scheme, host, port): its sockets, lane by lane, its transfers,
/// and the orders that are none yet.
struct Origin : ListNode<Origin>, OriginInLine {
  explicit Origin(std::string origin_name) : name(std::move(origin_name)) {}

  struct LaneUse {
    int transfers = 0;
    int sockets = 0;
    int free_sockets = 0;  ///< connections that no transfer uses
  };

  /// Whether lane `index` has fewer transfers than one connection may carry, where it could be
  /// HTTP/2: for each that is too many libcurl 7.88 opens a connection of its own.
  [[nodiscard]] bool has_streams_for_more(std::size_t index, int streams_max) const noexcept;
  /// Whether lane `index` has a connection that one more transfer could use at once.
  [[nodiscard]] bool has_connection_for_more(std::size_t index) const noexcept;
  LaneUse& use_of(std::size_t index);
  /// What its sockets are at present, as one of them is used: by those in use, and by what they
  /// were before, as one that changes costs two system calls.
  [[nodiscard]] Company update_socket_company() noexcept;
  /// The same of its transfers, by those under way.
  [[nodiscard]] Company transfer_company() const noexcept;

  const std::string name;
  std::vector<LaneUse> lanes;  ///< by the lane's index
  std::vector<int> sockets;    ///< descriptors
  int transfers = 0;           ///< those that wait in the queue included, and orders
  OriginQueue queue;
  // Kept by `OrderQueue`.
  IntrusiveList<PostedOrder> follow_ups;
  IntrusiveList<PostedOrder> orders;
  Company line = Company::few;
  std::optional<std::size_t> home;  ///< the index of a lane that is this origin's alone
  bool is_multiplexed = false;      ///< HTTP/2: a connection in use takes more transfers
  Company socket_company = Company::few;
};

/// The origins that have transfers or connections. agent-thread
class OriginTable {
 public:
  /// Finds or makes it, and counts one more transfer of it.
  Origin& begin_transfer(std::string_view name);
  void end_transfer(Origin& origin) noexcept;
  /// The index of a lane for `origin` alone, the lowest that no other has, for as long as the
  /// origin is known.
  [[nodiscard]] std::size_t home_of(Origin& origin);

  void add_socket(Origin& origin, std::size_t lane_index, int fd);
  void remove_socket(Origin& origin, std::size_t lane_index, int fd) noexcept;

  /// The idle origin that was used least recently, when more than `idle_max` are idle: with
  /// connections, without transfers. Else null.
  [[nodiscard]] Origin* surplus(std::size_t idle_max) noexcept;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  void update_idleness(Origin& origin) noexcept;
  void forget(const Origin& origin) noexcept;

  std::unordered_map<std::string, std::unique_ptr<Origin>, Hash, std::equal_to<>> origins_;
  IntrusiveList<Origin> idle_;  // least recently used first
  std::size_t idle_count_ = 0;
  std::vector<bool> homes_;  // by the lane's index: whether an origin has it
};

}  // namespace async_http_pool
