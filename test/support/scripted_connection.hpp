#pragma once

#include "support/received_log.hpp"
#include "support/script.hpp"

#include <poll.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace async_http_pool::test {

/// One connection of a `ScriptedServer`: how far its script is. On the server's thread.
class ScriptedConnection {
 public:
  struct Parts {
    std::size_t index;
    Descriptor socket;
    Script script;
    ReceivedLog* log;
  };

  explicit ScriptedConnection(Parts parts);

  /// Adds what this connection waits for.
  void watch(std::vector<pollfd>& entries) const;
  /// When it wants to go on without any event.
  [[nodiscard]] std::optional<Clock::time_point> wake_time() const noexcept { return next_send_; }
  /// Reads what there is, then goes on with the script as far as possible.
  void run();

  [[nodiscard]] bool is_peer_closed() const noexcept { return peer_closed_; }

 private:
  enum class Progress { next_step, blocked };

  void read();
  [[nodiscard]] Progress execute(const Step& step);
  [[nodiscard]] Progress send(const Step& step);
  void relay();
  void end() noexcept;

  const std::size_t index_;
  Descriptor socket_;
  Descriptor tunnel_;
  Script script_;
  ReceivedLog& log_;
  std::size_t position_ = 0;          // the current step
  std::size_t sent_ = 0;              // bytes of the current step
  std::size_t unexpected_count_ = 0;  // requests received that no step has waited for yet
  std::string received_;
  bool peer_closed_ = false;
  bool wants_to_write_ = false;
  std::optional<Clock::time_point> next_send_;
};

}  // namespace async_http_pool::test
