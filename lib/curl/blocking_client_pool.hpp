#pragma once

#include "base/clock.hpp"
#include "base/fork_detector.hpp"
#include "base/guarded.hpp"
#include "curl/blocking_client.hpp"

#include <memory>
#include <vector>

namespace async_http_pool {

/// As many `BlockingClient`s as there are threads that perform requests at a time; some are kept
/// for the next ones, with their connections. any-thread
///
/// In a process that was forked off, every request uses a connection of its own: those of the
/// parent are still the parent's.
class BlockingClientPool {
 public:
  explicit BlockingClientPool(BlockingClientOptions options);
  ~BlockingClientPool();
  BlockingClientPool(const BlockingClientPool&) = delete;
  BlockingClientPool& operator=(const BlockingClientPool&) = delete;

  /// Like `BlockingClient::perform`.
  [[nodiscard]] BlockingResult perform(const BlockingRequest& request, TimePoint deadline);

 private:
  using Clients = std::vector<std::unique_ptr<BlockingClient>>;

  [[nodiscard]] std::unique_ptr<BlockingClient> take();
  void put_back(std::unique_ptr<BlockingClient> client);

  const BlockingClientOptions options_;
  const ForkDetector fork_detector_;
  std::unique_ptr<Guarded<Clients>> idle_;  // apart, to be left behind in a forked process
};

}  // namespace async_http_pool
