#pragma once

#include "base/thread_annotations.hpp"

namespace async_http_pool {

/// A right that a thread has by being that thread, for clang's thread safety analysis: a function
/// that `AHP_REQUIRES` a role does not compile where the role is not known to be held. Costs
/// nothing at run time.
class AHP_CAPABILITY("role") ThreadRole {
 public:
  /// For functions that libcurl calls, where the analysis cannot follow.
  void assume_held() const noexcept AHP_ASSERT_CAPABILITY(this) {}
};

/// Being the thread that drives an agent: the only one that touches its curl handles.
inline ThreadRole agent_thread;

/// Takes a role for the scope: the first thing that the role's thread does.
class AHP_SCOPED_CAPABILITY ThreadRoleScope {
 public:
  explicit ThreadRoleScope(ThreadRole& role) noexcept AHP_ACQUIRE(role) { static_cast<void>(role); }
  ~ThreadRoleScope() AHP_RELEASE() {}
  ThreadRoleScope(const ThreadRoleScope&) = delete;
  ThreadRoleScope& operator=(const ThreadRoleScope&) = delete;
};

}  // namespace async_http_pool
