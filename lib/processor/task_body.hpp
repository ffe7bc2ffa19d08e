#pragma once

#include "agent/transport.hpp"

#include <async_http_pool/request_task.hpp>
#include <async_http_pool/response.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool {

/// The body of a response on its way to `TaskHandler::on_body`: waits here until libcurl has
/// returned, when code of the application may run. agent-thread
class TaskBody final : public BodySink {
 public:
  explicit TaskBody(std::size_t capacity) noexcept : capacity_(capacity) {}

  bool write(std::string_view bytes) override;
  /// What the response is, but for its body.
  void start(const RequestTask& task, TransferHead head);

  [[nodiscard]] bool is_started() const noexcept { return head_.has_value(); }
  [[nodiscard]] const std::optional<Response>& head() const noexcept { return head_; }
  /// What came since the last time.
  [[nodiscard]] std::string take();
  /// Whether bytes were refused since the last time: the transfer has to be resumed.
  [[nodiscard]] bool take_refusal() noexcept { return std::exchange(has_refused_, false); }
  /// The response that is complete now, without the body.
  [[nodiscard]] Response end(const RequestTask& task, const Headers& trailers,
                             const Metrics& metrics) const;

  /// What `on_body` threw; nothing is handed to it any more.
  std::exception_ptr failure;

 private:
  const std::size_t capacity_;
  std::string bytes_;
  bool has_refused_ = false;
  std::optional<Response> head_;
  std::optional<TlsInfo> tls_;
};

}  // namespace async_http_pool
