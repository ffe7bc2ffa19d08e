// Time limits among thousands of requests that keep the agent busy: a limit that is over comes
// before the answers that are still to be dealt with. How late it comes in milliseconds is
// lone_bench's to say.
#include "support/catch.hpp"
#include "support/gate.hpp"
#include "support/nginx_server.hpp"
#include "support/patience.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/tiny_server.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::size_t busy_count = is_sanitized ? 500 : 4000;
constexpr std::size_t limited_count = 100;

/// Keeps requests in flight: the answer to one sends the next. Takes down when answers came. On the
/// agent's thread but for what says otherwise.
class BusyHandler final : public TaskHandler, public std::enable_shared_from_this<BusyHandler> {
 public:
  BusyHandler(Processor& processor, Request request)
      : processor_(processor), request_(std::move(request)) {}

  /// any-thread
  void send() { processor_.enqueue(RequestTask(request_, shared_from_this(), "callback")); }
  /// any-thread
  void stop() noexcept { is_stopping_ = true; }
  /// any-thread
  [[nodiscard]] bool wait_until_connected() { return is_connected_.wait(); }
  /// any-thread
  [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t answers_since(Clock::time_point time) const {
    return static_cast<std::size_t>(answers_.end() - std::ranges::upper_bound(answers_, time));
  }

  void on_complete(const Response&, std::string_view) override {
    answers_.push_back(Clock::now());
    if (answers_.size() == 3 * busy_count) is_connected_.open();
    if (!is_stopping_) send();
  }
  void on_error(const Error&, std::string_view) override { ++failed_; }
  void retry() override { ++failed_; }

 private:
  Processor& processor_;
  const Request request_;
  std::vector<Clock::time_point> answers_;
  Gate is_connected_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::size_t> failed_ = 0;
};

/// What requests without an answer saw of the others.
struct Overruns {
  explicit Overruns(std::shared_ptr<const BusyHandler> busy) : others(std::move(busy)) {}
  const std::shared_ptr<const BusyHandler> others;
  std::vector<std::size_t> answers_before;  // between a limit and the end that it brings
  std::size_t answers_meanwhile = 0;        // while the last of them was under way
  std::size_t unexpected = 0;
  Gate all_ended;
};

class LimitedHandler final : public TaskHandler {
 public:
  LimitedHandler(std::shared_ptr<Overruns> overruns, Milliseconds limit)
      : overruns_(std::move(overruns)), limit_(limit) {}
  void on_complete(const Response&, std::string_view) override { end(false); }
  void on_error(const Error& error, std::string_view) override {
    const auto* const failure = dynamic_cast<const RequestError*>(&error);
    end(failure != nullptr && failure->code() == ErrorCode::request_timeout &&
        Clock::now() >= enqueued_at_ + limit_);
  }
  void retry() override { end(false); }

 private:
  void end(bool is_expected) {
    if (!is_expected) ++overruns_->unexpected;
    overruns_->answers_before.push_back(overruns_->others->answers_since(enqueued_at_ + limit_));
    overruns_->answers_meanwhile = overruns_->others->answers_since(enqueued_at_);
    if (overruns_->answers_before.size() == limited_count) overruns_->all_ended.open();
  }

  const std::shared_ptr<Overruns> overruns_;  // with the test, which may end first
  const Milliseconds limit_;
  const Clock::time_point enqueued_at_ = Clock::now();
};

}  // namespace

TEST_CASE("a time limit that is over comes before the answers to thousands of busy requests") {
  NginxServer server;
  const TinyServer silent;
  RunningProcessor processor(
      without_retries().set_max_connections(static_cast<int>(2 * busy_count + limited_count)));
  const auto busy = std::make_shared<BusyHandler>(processor.processor(),
                                                  Request::get(server.url("/tiny")).build());
  for (std::size_t i = 0; i < busy_count; ++i) busy->send();
  REQUIRE(busy->wait_until_connected());

  const auto overruns = std::make_shared<Overruns>(busy);
  for (std::size_t i = 0; i < limited_count; ++i) {
    const Milliseconds limit = 300ms + Milliseconds(3 * i);
    RequestConfig options;
    options.set_timeout(limit);
    processor->enqueue(RequestTask(get_with(silent.url("/hold"), options),
                                   std::make_shared<LimitedHandler>(overruns, limit), "callback"));
  }
  REQUIRE(overruns->all_ended.wait());
  busy->stop();
  REQUIRE(processor->wait_until_idle(patience));

  CHECK(overruns->unexpected == 0);
  CHECK(busy->failed() == 0);
  CHECK(overruns->answers_meanwhile > limited_count);
  std::ranges::sort(overruns->answers_before);
  const std::size_t median = overruns->answers_before[limited_count / 2];
  // epoll gives 32 at a time, poll all that is ready: a few turns.
  CHECK(median < (selector_from_environment() == SelectorKind::poll ? 2 * busy_count : 400));
}
