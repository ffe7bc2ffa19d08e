// Receives large bodies, one after the other, and throws them away:
//
//   body_bench client|easy URL N
//
// client is a thread of the application's that reads a `Client`'s streams, easy the least that
// libcurl needs: curl_easy_perform with a callback that only counts. Prints one line of JSON.

#include <async_http_pool/client.hpp>
#include <async_http_pool/version.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "process_usage.hpp"

namespace {

using Clock = std::chrono::steady_clock;

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

std::size_t count_bytes(char*, std::size_t size, std::size_t count, void* bytes) {
  *static_cast<std::uint64_t*>(bytes) += size * count;
  return size * count;
}

std::uint64_t receive_by_easy(const std::string& url, std::size_t requests) {
  struct Cleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  check(curl_global_init(CURL_GLOBAL_ALL));
  const std::unique_ptr<CURL, Cleanup> easy(curl_easy_init());
  std::uint64_t bytes = 0;
  check(curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str()));
  check(curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, count_bytes));
  check(curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &bytes));
  check(curl_easy_setopt(easy.get(), CURLOPT_FAILONERROR, 1L));
  check(curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L));
  check(curl_easy_setopt(easy.get(), CURLOPT_PROXY, ""));
  for (std::size_t i = 0; i < requests; ++i) check(curl_easy_perform(easy.get()));
  return bytes;
}

std::uint64_t receive_by_client(const std::string& url, std::size_t requests) {
  namespace ahp = async_http_pool;
  const ahp::Client client;
  const ahp::Request request = ahp::Request::get(url).build();
  std::vector<char> buffer(std::size_t{64} << 10);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    ahp::StreamingResponse response = client.send(request).get();
    if (!response.is_success())
      throw std::runtime_error(fmt::format("status {}", response.status()));
    while (const std::size_t count = response.body().read(buffer)) bytes += count;
  }
  return bytes;
}

void measure(std::string_view how, const std::string& url, std::size_t requests) {
  if (how != "client" && how != "easy") throw std::invalid_argument("client or easy is wanted");
  const auto begin = Clock::now();
  const ahp_tool::CpuUsage before = ahp_tool::cpu_usage();
  const std::uint64_t bytes =
      how == "client" ? receive_by_client(url, requests) : receive_by_easy(url, requests);
  const double wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
  const ahp_tool::CpuUsage after = ahp_tool::cpu_usage();
  const auto n = static_cast<double>(requests);
  const double user_us = (after.user_us - before.user_us) / n;
  const double system_us = (after.system_us - before.system_us) / n;
  fmt::print(
      "{{\"client\":\"{}\",\"n\":{},\"c\":1,\"wall_s\":{:.4f},\"rps\":{:.2f},\"mib_per_s\":{:.0f},"
      "\"cpu_us_per_req\":{:.0f},\"user_us\":{:.0f},\"sys_us\":{:.0f},\"failed\":0,\"rss_kb\":{},"
      "\"library\":\"{}\"}}\n",
      how, requests, wall_s, n / wall_s, static_cast<double>(bytes) / (1 << 20) / wall_s,
      user_us + system_us, user_us, system_us, ahp_tool::memory_kb("VmHWM"),
      async_http_pool::library_versions());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::invalid_argument("usage: body_bench client|easy URL N");
    measure(argv[1], argv[2], std::stoul(argv[3]));
  } catch (const std::exception& error) {
    fmt::print(stderr, "body_bench: {}\n", error.what());
    return 2;
  }
  return 0;
}
