#include "support/running_processor.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace async_http_pool::test {

SelectorKind selector_from_environment() {
  const char* variable = std::getenv("AHP_TEST_SELECTOR");
  const std::string name = variable != nullptr ? variable : "";
  if (name.empty()) return SelectorKind::automatic;
  if (name == "epoll") return SelectorKind::epoll;
  if (name == "poll") return SelectorKind::poll;
  throw std::invalid_argument("AHP_TEST_SELECTOR must be epoll or poll, got: " + name);
}

Configuration test_configuration() {
  Configuration configuration;
  configuration.set_selector(selector_from_environment())
      .set_request_timeout(15s)
      .set_shutdown_timeout(5s)
      .set_retry_delay(1ms)
      .set_logger(nullptr);
  return configuration;
}

std::shared_ptr<RecordingHandler> RunningProcessor::begin(const Request& request, CallbackArgs args,
                                                          TaskOptions options) {
  auto handler = std::make_shared<RecordingHandler>();
  processor_.enqueue(
      RequestTask(request, handler, "TestCallback", std::move(args), std::move(options)));
  return handler;
}

}  // namespace async_http_pool::test
