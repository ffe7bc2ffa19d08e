#pragma once

#include "agent/selector_factory.hpp"
#include "support/running_processor.hpp"

#include <atomic>
#include <memory>
#include <span>
#include <stdexcept>

namespace async_http_pool::test {

/// After so many looks at the sockets one fails, once; the next ones are fine again.
class Bomb {
 public:
  void arm(int looks) { looks_left_ = looks; }
  void look() {
    if (looks_left_.fetch_sub(1) == 1) throw std::runtime_error("the selector broke");
  }
  [[nodiscard]] bool has_gone_off() const { return looks_left_ <= 0; }

 private:
  std::atomic<int> looks_left_ = 1'000'000'000;
};

class FailingSelector final : public Selector {
 public:
  explicit FailingSelector(Bomb& bomb)
      : bomb_(bomb), real_(make_selector(selector_from_environment())) {}
  void await(int fd, Readiness wanted, Company company) override {
    real_->await(fd, wanted, company);
  }
  void forget(int fd) noexcept override { real_->forget(fd); }
  void abandon(int fd) noexcept override { real_->abandon(fd); }
  [[nodiscard]] std::span<curl_waitfd> waitables() override {
    bomb_.look();
    return real_->waitables();
  }
  [[nodiscard]] std::span<const Event> ready(Company company) override {
    bomb_.look();
    return real_->ready(company);
  }
  [[nodiscard]] bool has_more() const noexcept override { return real_->has_more(); }

 private:
  Bomb& bomb_;
  std::unique_ptr<Selector> real_;
};

}  // namespace async_http_pool::test
