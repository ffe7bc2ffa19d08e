#include <async_http_pool/mock_transport.hpp>

#include "http/url.hpp"
#include "mock/mock_access.hpp"
#include "mock/mock_answer_state.hpp"
#include "mock/mock_transport_impl.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

/// What a request comes to whose rule throws. Inside a handler of that.
std::shared_ptr<const CannedAnswer> thrown_by(std::string_view what, const Request& request) {
  std::string reason = "something that is no std::exception";
  try {
    throw;
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): it says no more
  }
  return not_mocked(fmt::format("{} of a mock threw, for {} {}: {}", what, request.method(),
                                redact_url(request.url()), reason));
}

template <typename Function>
void refuse_null(const Function& function, const char* name) {
  if (!function) throw std::invalid_argument(fmt::format("{} of a mock must not be null", name));
}

}  // namespace

void MockTransport::Impl::add(std::shared_ptr<MockRule> rule) {
  content_.with([&](Content& content) { content.rules.push_back(std::move(rule)); });
}

MockTransport::Impl::Use MockTransport::Impl::find(const Request& request,
                                                   std::string_view cookies) const {
  auto rules = content_.with([](const Content& content) { return content.rules; });
  std::ranges::reverse(rules);
  for (const std::shared_ptr<MockRule>& rule : rules) {
    if (!rule->fits(request, cookies)) continue;
    if (const auto number = rule->use()) return {.rule = rule, .number = *number};
  }
  return {};
}

void MockTransport::Impl::note(const Request& request, std::string_view cookies, bool is_answered) {
  MockCall call{.request = request, .cookies = std::string(cookies), .is_answered = is_answered};
  content_.with([&](Content& content) { content.calls.push_back(std::move(call)); });
}

std::shared_ptr<const CannedAnswer> MockTransport::Impl::answer_to(const Request& request,
                                                                   std::string_view cookies) {
  Use use;
  try {
    use = find(request, cookies);
  } catch (...) {
    note(request, cookies, false);
    return thrown_by("a condition", request);
  }
  note(request, cookies, use.rule != nullptr);
  if (use.rule == nullptr) return nullptr;
  try {
    return use.rule->answer(request, use.number);
  } catch (...) {
    return thrown_by("the responder", request);
  }
}

std::vector<MockCall> MockTransport::Impl::calls() const {
  return content_.with([](const Content& content) { return content.calls; });
}

std::size_t MockTransport::Impl::call_count(const RequestPattern& pattern) const {
  return content_.with([&](const Content& content) {
    return static_cast<std::size_t>(std::ranges::count_if(
        content.calls, [&](const MockCall& call) { return pattern.matches(call.request); }));
  });
}

std::vector<std::string> MockTransport::Impl::unused() const {
  return content_.with([](const Content& content) {
    std::vector<std::string> texts;
    for (const auto& rule : content.rules) {
      if (rule->is_left_over()) texts.push_back(rule->text());
    }
    return texts;
  });
}

void MockTransport::Impl::reset() {
  Content forgotten;  // goes without the lock: with it go functions of the test's
  content_.with([&](Content& content) { std::swap(content, forgotten); });
}

// --- Rules ---

struct MockTransport::Rule::State {
  std::shared_ptr<Impl> transport;  // which may be gone by then
  MockConditions conditions;
};

MockTransport::Rule::Rule(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

MockTransport::Rule& MockTransport::Rule::with_header(std::string_view name,
                                                      std::string_view value) {
  Headers checked;
  checked.add(name, value);
  state_->conditions.headers.push_back(*checked.begin());
  return *this;
}

MockTransport::Rule& MockTransport::Rule::with_body(std::string_view bytes) {
  state_->conditions.body.emplace(bytes);
  return *this;
}

MockTransport::Rule& MockTransport::Rule::when(Predicate predicate) {
  refuse_null(predicate, "predicate");
  state_->conditions.predicates.push_back(std::move(predicate));
  return *this;
}

MockTransport::Rule& MockTransport::Rule::times(std::size_t count) {
  state_->conditions.times = count;
  return *this;
}

void MockTransport::Rule::reply(MockAnswer answer) { reply(std::vector{std::move(answer)}); }

void MockTransport::Rule::reply(const std::vector<MockAnswer>& answers) {
  if (answers.empty()) throw std::invalid_argument("a mock must have an answer");
  MockRule::Answers canned;
  for (const MockAnswer& answer : answers) canned.push_back(MockAccess::canned(answer));
  state_->transport->add(std::make_shared<MockRule>(state_->conditions, std::move(canned)));
}

void MockTransport::Rule::reply(Responder responder) {
  refuse_null(responder, "responder");
  state_->transport->add(std::make_shared<MockRule>(state_->conditions, std::move(responder)));
}

// --- The transport ---

MockTransport::MockTransport() : impl_(std::make_shared<Impl>()) {}
MockTransport::~MockTransport() = default;

MockTransport::Rule MockTransport::on(std::string_view method, std::string_view url) {
  return Rule(std::make_shared<Rule::State>(
      Rule::State{.transport = impl_, .conditions = {.pattern = RequestPattern(method, url)}}));
}

void MockTransport::allow_network(bool value) noexcept { impl_->allow_network(value); }

std::vector<MockCall> MockTransport::calls() const { return impl_->calls(); }

std::size_t MockTransport::call_count(std::string_view method, std::string_view url) const {
  return impl_->call_count(RequestPattern(method, url));
}

std::vector<std::string> MockTransport::unused() const { return impl_->unused(); }

void MockTransport::reset() { impl_->reset(); }

}  // namespace async_http_pool
