#pragma once

namespace async_http_pool {

/// Whose agent thread the calling one is; null for all threads of the application.
[[nodiscard]] const void* agent_thread_owner() noexcept;

/// Marks the calling thread as an agent thread of `owner` for as long as it lives.
class AgentThreadMark {
 public:
  explicit AgentThreadMark(const void* owner) noexcept;
  ~AgentThreadMark();
  AgentThreadMark(const AgentThreadMark&) = delete;
  AgentThreadMark& operator=(const AgentThreadMark&) = delete;
};

/// For what waits: throws `std::logic_error` naming `what` on an agent thread.
void refuse_on_agent_thread(const char* what);

}  // namespace async_http_pool
