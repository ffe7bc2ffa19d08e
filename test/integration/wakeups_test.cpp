// An agent that is awake is not woken: not by what its own callbacks send, either.
//
// An executable of its own, as it stands before curl_multi_wakeup in the whole process.
#include "support/catch.hpp"
#include "support/nginx_server.hpp"
#include "support/small_requests.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <curl/curl.h>
#include <dlfcn.h>

#include <atomic>
#include <memory>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int chain_length = 500;

std::atomic<int> wakeups = 0;

/// Sends the next request when the answer to the last one comes.
class ChainHandler final : public TaskHandler, public std::enable_shared_from_this<ChainHandler> {
 public:
  ChainHandler(Processor& processor, Request request)
      : processor_(processor), request_(std::move(request)) {}
  void send() { processor_.enqueue(RequestTask(request_, shared_from_this(), "callback")); }
  void on_complete(const Response&, std::string_view) override {
    if (++completed < chain_length) send();
  }
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}

  std::atomic<int> completed = 0;

 private:
  Processor& processor_;
  const Request request_;
};

}  // namespace

extern "C" CURLMcode curl_multi_wakeup(CURLM* multi) {
  using Wakeup = CURLMcode (*)(CURLM*);
  static const auto next = reinterpret_cast<Wakeup>(::dlsym(RTLD_NEXT, "curl_multi_wakeup"));
  ++wakeups;
  return next(multi);
}

TEST_CASE("requests that callbacks send wake nobody") {
  NginxServer server;
  Processor processor{Configuration()};
  processor.start();
  const auto chain =
      std::make_shared<ChainHandler>(processor, Request::get(server.url("/tiny")).build());
  const int before = wakeups;
  chain->send();
  REQUIRE(processor.wait_until_idle(patience));
  CHECK(chain->completed == chain_length);
  CHECK(wakeups - before <= 1);  // for the first
}
