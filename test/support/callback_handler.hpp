#pragma once

#include "support/recording_handler.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

/// Does what a test wants inside each callback, and keeps what it was told.
class CallbackHandler final : public TaskHandler {
 public:
  using Action = std::function<void()>;

  /// `action` runs in all three, after the outcome was kept.
  explicit CallbackHandler(Action action) : action_(std::move(action)) {}

  void on_complete(const Response& response, std::string_view callback) override {
    record_.on_complete(response, callback);
    action_();
  }
  void on_error(const Error& error, std::string_view callback) override {
    record_.on_error(error, callback);
    action_();
  }
  void retry() override {
    record_.retry();
    action_();
  }

  [[nodiscard]] const RecordingHandler& record() const noexcept { return record_; }

 private:
  const Action action_;
  RecordingHandler record_;
};

}  // namespace async_http_pool::test
