#include "base/agent_thread.hpp"

#include <stdexcept>
#include <thread>

#include "support/catch.hpp"

namespace async_http_pool {

TEST_CASE("Only the thread that carries the mark is an agent thread, and only as long") {
  const int owner = 0;
  CHECK(agent_thread_owner() == nullptr);
  {
    const AgentThreadMark mark(&owner);
    CHECK(agent_thread_owner() == &owner);
    const void* elsewhere = &owner;
    std::thread([&] { elsewhere = agent_thread_owner(); }).join();
    CHECK(elsewhere == nullptr);
  }
  CHECK(agent_thread_owner() == nullptr);
}

TEST_CASE("What would hold up an agent is refused on its thread alone") {
  const int owner = 0;
  CHECK_NOTHROW(refuse_on_agent_thread("ExternalStorage::store"));
  const AgentThreadMark mark(&owner);
  CHECK_THROWS_WITH(
      refuse_on_agent_thread("ExternalStorage::store"),
      "ExternalStorage::store must not be called on an agent thread: it would hold up "
      "all its requests");
  CHECK_THROWS_AS(refuse_on_agent_thread("x"), std::logic_error);
}

}  // namespace async_http_pool
