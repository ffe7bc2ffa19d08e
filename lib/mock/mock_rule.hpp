#pragma once

#include "agent/transport.hpp"
#include "mock/request_pattern.hpp"

#include <async_http_pool/headers.hpp>
#include <async_http_pool/mock_transport.hpp>
#include <async_http_pool/request.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// Which requests a rule is for.
struct MockConditions {
  RequestPattern pattern;
  std::vector<Headers::Field> headers = {};
  std::optional<std::string> body = {};
  std::vector<MockTransport::Predicate> predicates = {};
  std::size_t times = 0;  ///< 0: any number
};

/// A rule of a mock transport. Unchangeable, but for how often it was used. any-thread
class MockRule {
 public:
  using Answers = std::vector<std::shared_ptr<const CannedAnswer>>;

  /// `answers` are not empty.
  MockRule(MockConditions conditions, Answers answers)
      : conditions_(std::move(conditions)), answers_(std::move(answers)) {}
  MockRule(MockConditions conditions, MockTransport::Responder responder)
      : conditions_(std::move(conditions)), responder_(std::move(responder)) {}

  /// Throws what predicates throw.
  [[nodiscard]] bool fits(const Request& request, std::string_view cookies) const;
  /// One use of it: the first is 0. None when it is used up.
  [[nodiscard]] std::optional<std::size_t> use() noexcept;
  /// Throws what the responder throws.
  [[nodiscard]] std::shared_ptr<const CannedAnswer> answer(const Request& request,
                                                           std::size_t use) const;

  /// Whether it was to be used more often.
  [[nodiscard]] bool is_left_over() const noexcept { return used_.load() < conditions_.times; }
  [[nodiscard]] std::string text() const { return conditions_.pattern.text(); }

 private:
  const MockConditions conditions_;
  const Answers answers_;
  const MockTransport::Responder responder_;
  std::atomic<std::size_t> used_ = 0;
};

}  // namespace async_http_pool
