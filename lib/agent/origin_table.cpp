#include "agent/origin_table.hpp"

#include <algorithm>

namespace async_http_pool {

namespace {

// Between the two nothing changes.
constexpr std::int64_t few_max = 32;
constexpr std::int64_t few_again = 16;

Company company_of(std::int64_t count, Company before) noexcept {
  if (count > few_max) return Company::many;
  return count < few_again ? Company::few : before;
}

}  // namespace

Company Origin::update_socket_company() noexcept {
  const auto used = std::min(static_cast<std::int64_t>(sockets.size()), queue.under_way());
  return socket_company = company_of(used, socket_company);
}

bool Origin::has_connection_for_more(std::size_t index) const noexcept {
  if (index >= lanes.size()) return false;
  const LaneUse& use = lanes[index];
  if (is_multiplexed) return use.sockets > 0;
  // Transfers count when they come into the lane, sockets are taken only when it runs.
  return use.free_sockets > 0 && use.sockets > use.transfers;
}

bool Origin::has_streams_for_more(std::size_t index, int streams_max) const noexcept {
  const bool may_be_multiplexed = is_multiplexed || name.starts_with("https:");
  return !may_be_multiplexed || index >= lanes.size() || lanes[index].transfers < streams_max;
}

Company Origin::transfer_company() const noexcept {
  return company_of(queue.under_way(), socket_company);
}

Origin::LaneUse& Origin::use_of(std::size_t index) {
  if (index >= lanes.size()) lanes.resize(index + 1);
  return lanes[index];
}

Origin& OriginTable::begin_transfer(std::string_view name) {
  auto found = origins_.find(name);
  if (found == origins_.end()) {
    auto origin = std::make_unique<Origin>(std::string(name));
    found = origins_.emplace(origin->name, std::move(origin)).first;
  }
  Origin& origin = *found->second;
  ++origin.transfers;
  update_idleness(origin);
  return origin;
}

void OriginTable::end_transfer(Origin& origin) noexcept {
  --origin.transfers;
  update_idleness(origin);
}

std::size_t OriginTable::home_of(Origin& origin) {
  if (origin.home) return *origin.home;
  const auto vacant = std::find(homes_.begin(), homes_.end(), false);
  const auto index = static_cast<std::size_t>(vacant - homes_.begin());
  if (vacant == homes_.end()) homes_.push_back(false);
  homes_[index] = true;
  origin.home = index;
  return index;
}

void OriginTable::add_socket(Origin& origin, std::size_t lane_index, int fd) {
  origin.sockets.push_back(fd);
  ++origin.use_of(lane_index).sockets;
  update_idleness(origin);
}

void OriginTable::remove_socket(Origin& origin, std::size_t lane_index, int fd) noexcept {
  const auto found = std::find(origin.sockets.begin(), origin.sockets.end(), fd);
  *found = origin.sockets.back();
  origin.sockets.pop_back();
  --origin.lanes[lane_index].sockets;
  update_idleness(origin);
}

Origin* OriginTable::surplus(std::size_t idle_max) noexcept {
  return idle_count_ > idle_max ? &idle_.front() : nullptr;
}

void OriginTable::update_idleness(Origin& origin) noexcept {
  const bool is_idle = origin.transfers == 0 && !origin.sockets.empty();
  if (is_idle && !origin.ListNode<Origin>::is_linked()) {
    idle_.push_back(origin);
    ++idle_count_;
  } else if (!is_idle && origin.ListNode<Origin>::is_linked()) {
    idle_.remove(origin);
    --idle_count_;
  }
  if (origin.transfers == 0 && origin.sockets.empty()) forget(origin);
}

void OriginTable::forget(const Origin& origin) noexcept {
  if (origin.home) homes_[*origin.home] = false;
  origins_.erase(origins_.find(origin.name));
}

}  // namespace async_http_pool
