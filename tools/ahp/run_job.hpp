#pragma once

#include "outcome_sink.hpp"

#include <async_http_pool/task_handler.hpp>

#include <string_view>
#include <utility>

namespace ahp_tool {

/// The task handler of one line of input.
class RunJob final : public async_http_pool::TaskHandler {
 public:
  RunJob(SourceLine source, LineLabel label, RunSinks sinks)
      : outcome_{std::move(source), std::move(label), LineFailure()}, sinks_(sinks) {}

  void on_complete(const async_http_pool::Response& response, std::string_view) override {
    settle([&] { outcome_.result = response; });
  }
  void on_error(const async_http_pool::Error& error, std::string_view) override {
    settle([&] { outcome_.result = error.clone(); });
  }
  void retry() noexcept override { sinks_.give_back(outcome_); }

 private:
  // An outcome that cannot be kept, for want of memory, is none.
  template <typename TakeResult>
  void settle(const TakeResult& take_result) noexcept {
    try {
      take_result();
    } catch (...) {
      retry();
      return;
    }
    sinks_.deliver(outcome_);
  }

  Outcome outcome_;
  RunSinks sinks_;
};

}  // namespace ahp_tool
