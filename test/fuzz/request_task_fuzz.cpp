#include <async_http_pool/request_task.hpp>

#include <memory>

#include "fuzz_document.hpp"

using namespace async_http_pool;

namespace {

class SilentHandler final : public TaskHandler {
 public:
  void on_complete(const Response&, std::string_view) override {}
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}
};

}  // namespace

/// What was read can be written, and reads as the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [](std::string_view text) {
    static const auto handler = std::make_shared<SilentHandler>();
    return RequestTask::from_json(text, handler, fuzz_limits());
  };
  const auto task = read_document(text_of(data, size), read);
  if (!task.has_value()) return 0;
  const RequestTask again = read_again(*task, read);
  require(again.request() == task->request());
  require(again.id() == task->id() && again.callback() == task->callback());
  require(again.callback_args() == task->callback_args());
  require(again.redirects() == task->redirects());
  return 0;
}
