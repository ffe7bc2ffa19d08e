#include "base/agent_thread.hpp"

#include <stdexcept>
#include <string>

namespace async_http_pool {
namespace {

thread_local const void* owner_of_this_thread = nullptr;

}  // namespace

const void* agent_thread_owner() noexcept { return owner_of_this_thread; }

AgentThreadMark::AgentThreadMark(const void* owner) noexcept { owner_of_this_thread = owner; }

AgentThreadMark::~AgentThreadMark() { owner_of_this_thread = nullptr; }

void refuse_on_agent_thread(const char* what) {
  if (owner_of_this_thread == nullptr) return;
  throw std::logic_error(
      std::string(what) +
      " must not be called on an agent thread: it would hold up all its requests");
}

}  // namespace async_http_pool
