#pragma once

#include "support/recording_handler.hpp"

#include <async_http_pool/error.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/task_handler.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool::test {

/// Takes the body as it comes, and keeps what it was told. Any thread.
class StreamingHandler final : public TaskHandler {
 public:
  using Action = std::function<void(const Response& response, std::string_view bytes)>;

  /// `action` runs in `on_body`, before the bytes are kept.
  explicit StreamingHandler(Action action = nullptr) : action_(std::move(action)) {}

  void on_complete(const Response& response, std::string_view callback) override {
    record_.on_complete(response, callback);
  }
  void on_error(const Error& error, std::string_view callback) override {
    record_.on_error(error, callback);
  }
  void retry() override { record_.retry(); }
  bool streams_body() const override { return true; }
  void on_body(const Response& response, std::string_view bytes) override {
    if (action_) action_(response, bytes);
    const std::lock_guard lock(mutex_);
    body_ += bytes;
    ++pieces_;
    is_late_ |= record_.wait_for(1, 0ms);
    came_.notify_all();
  }

  [[nodiscard]] const RecordingHandler& record() const noexcept { return record_; }
  [[nodiscard]] Outcome outcome() const { return record_.outcome(); }
  [[nodiscard]] std::string body() const {
    const std::lock_guard lock(mutex_);
    return body_;
  }
  [[nodiscard]] std::size_t pieces() const {
    const std::lock_guard lock(mutex_);
    return pieces_;
  }
  /// Whether bytes came behind an outcome.
  [[nodiscard]] bool is_late() const {
    const std::lock_guard lock(mutex_);
    return is_late_;
  }
  /// Whether so many bytes came; false when `timeout` is over.
  [[nodiscard]] bool wait_for_bytes(std::size_t bytes,
                                    std::chrono::milliseconds timeout = patience) const {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, timeout, [&] { return body_.size() >= bytes; });
  }

 private:
  const Action action_;
  RecordingHandler record_;
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  std::string body_;        // guarded by mutex_
  std::size_t pieces_ = 0;  // guarded by mutex_
  bool is_late_ = false;    // guarded by mutex_
};

}  // namespace async_http_pool::test
