#pragma once

#include "support/outcome.hpp"
#include "support/patience.hpp"
#include "support/recording_handler.hpp"

#include <async_http_pool/processor.hpp>

#include <memory>
#include <string_view>

namespace async_http_pool::test {

/// The selector that AHP_TEST_SELECTOR names (epoll, poll), else automatic. Throws
/// `std::invalid_argument` for another name.
[[nodiscard]] SelectorKind selector_from_environment();

/// What tests start from: quick retries, no log, time limits within their patience.
[[nodiscard]] Configuration test_configuration();

/// The same without retries: what happens once is what a test sees.
[[nodiscard]] inline Configuration without_retries() { return test_configuration().set_retries(0); }

/// A GET with options of its own.
[[nodiscard]] inline Request get_with(std::string_view url, const RequestConfig& config) {
  return Request::get(url).config(config).build();
}

/// A processor that runs for as long as the test, and one-liners for it.
///
///     RunningProcessor processor;
///     CHECK(processor.get(server.url("/tiny")).body() == "ok");
class RunningProcessor {
 public:
  explicit RunningProcessor(const Configuration& configuration = test_configuration())
      : processor_(configuration) {
    processor_.start();
  }

  /// Enqueues and returns; the handler learns of the outcome.
  [[nodiscard]] std::shared_ptr<RecordingHandler> begin(const Request& request,
                                                        CallbackArgs args = {},
                                                        TaskOptions options = {});
  [[nodiscard]] std::shared_ptr<RecordingHandler> begin_get(std::string_view url) {
    return begin(Request::get(url).build());
  }

  /// Enqueues and waits for the outcome. Throws `std::logic_error` when there is none in time.
  [[nodiscard]] Outcome run(const Request& request, CallbackArgs args = {},
                            TaskOptions options = {}) {
    return begin(request, std::move(args), std::move(options))->outcome();
  }
  [[nodiscard]] Outcome get(std::string_view url) { return run(Request::get(url).build()); }
  [[nodiscard]] Outcome post(std::string_view url, std::string_view body) {
    return run(Request::post(url).body(body).build());
  }

  [[nodiscard]] Processor& processor() noexcept { return processor_; }
  [[nodiscard]] Processor* operator->() noexcept { return &processor_; }

 private:
  Processor processor_;
};

}  // namespace async_http_pool::test
