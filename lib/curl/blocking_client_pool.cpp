#include "curl/blocking_client_pool.hpp"

#include <cstddef>
#include <utility>

namespace async_http_pool {

namespace {
constexpr std::size_t idle_clients_max = 16;
}

BlockingClientPool::BlockingClientPool(BlockingClientOptions options)
    : options_(std::move(options)), idle_(std::make_unique<Guarded<Clients>>()) {
  idle_->with([](Clients& clients) { clients.reserve(idle_clients_max); });
}

BlockingClientPool::~BlockingClientPool() {
  // To close the parent's connections in good order would end them for the parent.
  if (fork_detector_.is_forked()) static_cast<void>(idle_.release());
}

BlockingResult BlockingClientPool::perform(const BlockingRequest& request, TimePoint deadline) {
  if (fork_detector_.is_forked()) return BlockingClient(options_).perform(request, deadline);
  std::unique_ptr<BlockingClient> client = take();
  BlockingResult result = client->perform(request, deadline);
  put_back(std::move(client));
  return result;
}

std::unique_ptr<BlockingClient> BlockingClientPool::take() {
  // The one put back last: the others' connections age, and are closed by the server.
  std::unique_ptr<BlockingClient> client = idle_->with([](Clients& clients) {
    if (clients.empty()) return std::unique_ptr<BlockingClient>();
    std::unique_ptr<BlockingClient> last = std::move(clients.back());
    clients.pop_back();
    return last;
  });
  return client ? std::move(client) : std::make_unique<BlockingClient>(options_);
}

void BlockingClientPool::put_back(std::unique_ptr<BlockingClient> client) {
  // One too many ends here, after the lock.
  idle_->with([&client](Clients& clients) {
    if (clients.size() < idle_clients_max) clients.push_back(std::move(client));
  });
}

}  // namespace async_http_pool
