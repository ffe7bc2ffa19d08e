// Bodies of a gigabyte, either way, take no more memory than small ones.
#include "support/catch.hpp"
#include "support/pour_server.hpp"
#include "support/process_state.hpp"
#include "support/running_processor.hpp"
#include "support/sanitized.hpp"
#include "support/trusting.hpp"
#include "support/upload_drain.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t bytes = is_sanitized ? 64 * mebibyte : 1024 * mebibyte;
constexpr std::uint64_t warm_up_bytes = 16 * mebibyte;  // after which all buffers have been made
constexpr std::size_t growth_max = std::size_t{4} << 20;
// Where two threads hand each other a body: with the default of 64 KiB a busy machine would take
// its time to switch between them.
constexpr std::size_t buffer_bytes = std::size_t{512} << 10;

/// Runs `transfer` with few bytes, then with many: the second time must not take more memory.
void check_memory(const std::function<void(std::uint64_t)>& transfer) {
  transfer(warm_up_bytes);
  REQUIRE(reset_peak_resident_bytes());
  const std::size_t before = peak_resident_bytes();
  REQUIRE(before > 0);
  transfer(bytes);
  const std::size_t after = peak_resident_bytes();
  INFO("from " << before << " to " << after);
  if (!is_sanitized) CHECK(after < before + growth_max);  // sanitizers keep what was given back
}

/// Gives so many bytes.
std::shared_ptr<BodySource> source_of(std::uint64_t size) {
  return make_body_source([left = size](std::span<char> buffer) mutable {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    std::fill_n(buffer.begin(), count, 'u');
    left -= count;
    return count;
  });
}

class DiscardingHandler final : public TaskHandler {
 public:
  explicit DiscardingHandler(std::shared_ptr<RecordingHandler> record)
      : record_(std::move(record)) {}
  void on_complete(const Response& response, std::string_view callback) override {
    record_->on_complete(response, callback);
  }
  void on_error(const Error& error, std::string_view callback) override {
    record_->on_error(error, callback);
  }
  void retry() override { record_->retry(); }
  bool streams_body() const override { return true; }
  void on_body(const Response&, std::string_view piece) override { received_ += piece.size(); }
  /// Once there is an outcome.
  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }

 private:
  const std::shared_ptr<RecordingHandler> record_;
  std::uint64_t received_ = 0;
};

}  // namespace

TEST_CASE("a download of 1 GiB takes no more memory than a small one") {
  const PourServer server(GENERATE(false, true) ? std::optional(certificates().good())
                                                : std::nullopt);
  const Client client(
      trusting().set_request_config(RequestConfig().set_stream_buffer_size(buffer_bytes)));
  check_memory([&](std::uint64_t size) {
    StreamingResponse response = client.send(Request::get(server.url(size)).build()).get();
    CHECK(response.body().size() == size);
    CHECK(response.body().discard() == size);
  });
}

TEST_CASE("a task's download of 1 GiB takes no more memory than a small one") {
  const PourServer server;
  RunningProcessor processor(without_retries().set_request_timeout(60s));
  check_memory([&](std::uint64_t size) {
    const auto record = std::make_shared<RecordingHandler>();
    const auto handler = std::make_shared<DiscardingHandler>(record);
    processor->enqueue(RequestTask(Request::get(server.url(size)).build(), handler, "callback"));
    CHECK(record->outcome(60s).summary() == "response 200");
    CHECK(handler->received() == size);
  });
}

TEST_CASE("an upload of 1 GiB in chunks out of a source takes no more memory than a small one") {
  const UploadDrain server;
  const Client client(without_retries());
  check_memory([&](std::uint64_t size) {
    const Request request =
        Request::put(server.url()).timeout(60s).body_source(source_of(size)).build();
    CHECK(client.send(request).get().body().text() == std::to_string(size));
  });
}

TEST_CASE("an upload of 1 GiB that a thread writes takes no more memory than a small one") {
  const UploadDrain server;
  const Client client(without_retries());
  check_memory([&](std::uint64_t size) {
    BodyWriter writer({.capacity = buffer_bytes});
    ResponseFuture future =
        client.send(Request::put(server.url()).timeout(60s).body_source(writer.source()).build());
    const std::string piece(100'000, 'w');
    bool is_wanted = true;
    for (std::uint64_t left = size; left > 0 && is_wanted;) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
      is_wanted = writer.write(std::string_view(piece).substr(0, count));
      left -= count;
    }
    CHECK(is_wanted);
    writer.finish();
    CHECK(future.get().body().text() == std::to_string(size));
  });
}

TEST_CASE("an upload of 1 GiB of known length takes no more memory than a small one") {
  const UploadDrain server;
  const Client client(without_retries());
  check_memory([&](std::uint64_t size) {
    BodyWriter writer({.capacity = buffer_bytes, .size = size});
    ResponseFuture future =
        client.send(Request::put(server.url()).timeout(60s).body_source(writer.source()).build());
    const std::string piece(mebibyte, 'w');
    bool is_wanted = true;
    for (std::uint64_t i = 0; i < size / mebibyte; ++i) is_wanted = writer.write(piece);
    CHECK(is_wanted);
    writer.finish();
    CHECK(future.get().body().text() == std::to_string(size));
  });
}
