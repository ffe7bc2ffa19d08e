// A program that gave libcurl memory of its own (curl_global_init_mem) before the library came.
//
// An executable of its own, as that is for the whole process: each case below runs in a fresh one.
#include "support/catch.hpp"
#include "support/forked_child.hpp"
#include "support/nginx_server.hpp"
#include "support/running_processor.hpp"
#include "support/small_requests.hpp"
#include "support/trusting.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

// The host's blocks begin behind a label, so that free(3) would fail with them, and the host's own
// functions with any other block.
struct alignas(std::max_align_t) Label {
  std::uint64_t mark;
  std::size_t size;
};

constexpr std::uint64_t in_use = 0x686f7374'626c6f63;

std::atomic<std::size_t> taken = 0;

void* host_malloc(std::size_t size) {
  auto* const label = static_cast<Label*>(std::malloc(sizeof(Label) + size));
  if (label == nullptr) return nullptr;
  *label = {.mark = in_use, .size = size};
  taken.fetch_add(1, std::memory_order_relaxed);
  return label + 1;
}

void host_free(void* block) {
  if (block == nullptr) return;
  Label* const label = static_cast<Label*>(block) - 1;
  if (label->mark != in_use) std::abort();
  label->mark = 0;
  std::free(label);
}

void* host_calloc(std::size_t count, std::size_t size) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* const block = host_malloc(count * size);
  return block != nullptr ? std::memset(block, 0, count * size) : nullptr;
}

void* host_realloc(void* block, std::size_t size) {
  void* const other = host_malloc(size);
  if (block == nullptr || other == nullptr) return other;
  std::memcpy(other, block, std::min(size, (static_cast<Label*>(block) - 1)->size));
  host_free(block);
  return other;
}

char* host_strdup(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  void* const copy = host_malloc(size);
  return copy != nullptr ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}

CURLcode initialize_with_memory_of_host() {
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, host_malloc, host_free, host_realloc,
                              host_strdup, host_calloc);
}

std::string host_fetches(const std::string& url) {
  CURL* const easy = curl_easy_init();
  std::string body;
  const curl_write_callback append = [](char* bytes, std::size_t, std::size_t size, void* to) {
    static_cast<std::string*>(to)->append(bytes, size);
    return size;
  };
  REQUIRE(curl_easy_setopt(easy, CURLOPT_URL, url.c_str()) == CURLE_OK);
  REQUIRE(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append) == CURLE_OK);
  REQUIRE(curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body) == CURLE_OK);
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_cleanup(easy);
  return code == CURLE_OK ? body : curl_easy_strerror(code);
}

/// What has libcurl take, give back and hand over memory in many ways.
void use_library() {
  NginxServer server({.identity = certificates().good()});
  server.write_file("text", std::string(100'000, 'x'));
  RunningProcessor processor(trusting());
  const Request tiny = Request::get(server.url("/tiny")).build();
  REQUIRE(run_small_requests(processor.processor(), tiny, {.count = 200, .in_flight = 16}));
  CHECK(processor.get(server.url("/redirect")).body() == "ok");
  CHECK(processor.get(server.url("/gzip/text")).body() == std::string(100'000, 'x'));
  CHECK(processor.get(server.tls_url("/tiny")).body() == "ok");
  CHECK(processor.post(server.url("/about"), std::string(100'000, 'y')).status() == 200);
  processor->stop();
  CHECK(host_fetches(server.url("/tiny")) == "ok");
}

}  // namespace

TEST_CASE("a host's memory stays when recycling is asked for later", "[.child]") {
  REQUIRE(initialize_with_memory_of_host() == CURLE_OK);
  CHECK_FALSE(recycle_libcurl_memory());
  const std::size_t taken_before = taken;
  use_library();
  CHECK(taken - taken_before > 200);
  CHECK_FALSE(recycle_libcurl_memory());
  curl_global_cleanup();  // the host's part: the library's keeps libcurl as it is
  use_library();
  CHECK_FALSE(recycle_libcurl_memory());
}

TEST_CASE("libcurl's own memory stays when recycling is asked for later", "[.child]") {
  REQUIRE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
  CHECK_FALSE(recycle_libcurl_memory());
  use_library();
  CHECK_FALSE(recycle_libcurl_memory());
}

TEST_CASE("recycled memory stays when a host brings its own later", "[.child]") {
  CHECK(recycle_libcurl_memory());
  REQUIRE(initialize_with_memory_of_host() == CURLE_OK);
  use_library();
  CHECK(taken == 0);
  curl_global_cleanup();
  CHECK(recycle_libcurl_memory());
  use_library();
}

TEST_CASE("who initialises libcurl first decides about its memory for the whole process") {
  const std::string order = GENERATE("a host's memory stays when recycling is asked for later",
                                     "libcurl's own memory stays when recycling is asked for later",
                                     "recycled memory stays when a host brings its own later");
  CAPTURE(order);
  CHECK(run_test_case(order) == "exit 0");
}
