#pragma once

#include "base/guarded.hpp"
#include "mock/mock_rule.hpp"

#include <async_http_pool/mock_transport.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// any-thread. Calls predicates and responders without holding a lock: they may call the mock.
class MockTransport::Impl {
 public:
  void add(std::shared_ptr<MockRule> rule);
  void allow_network(bool value) noexcept { allows_network_ = value; }
  [[nodiscard]] bool allows_network() const noexcept { return allows_network_; }
  /// Null when no rule matches. What the test's own code throws is an answer, too.
  [[nodiscard]] std::shared_ptr<const CannedAnswer> answer_to(const Request& request,
                                                              std::string_view cookies);

  [[nodiscard]] std::vector<MockCall> calls() const;
  [[nodiscard]] std::size_t call_count(const RequestPattern& pattern) const;
  [[nodiscard]] std::vector<std::string> unused() const;
  void reset();

 private:
  struct Content {
    std::vector<std::shared_ptr<MockRule>> rules;  // shared with requests that look for theirs
    std::vector<MockCall> calls;
  };
  struct Use {
    std::shared_ptr<MockRule> rule;  // null: none matches
    std::size_t number = 0;
  };
  [[nodiscard]] Use find(const Request& request, std::string_view cookies) const;
  void note(const Request& request, std::string_view cookies, bool is_answered);

  std::atomic<bool> allows_network_ = false;
  Guarded<Content> content_;
};

}  // namespace async_http_pool
