#include "curl/quirks.hpp"

#include "curl/curl_library.hpp"
#include "support/catch.hpp"

#include <curl/curl.h>

namespace async_http_pool {
namespace {

TEST_CASE("what has to be made good is known by the version of libcurl") {
  struct Row {
    unsigned version;
    bool needs_fresh_handles;
    bool reads_stray_responses;
  };
  constexpr Row rows[] = {{0x075801, true, true},   {0x07ffff, true, true},
                          {0x080000, true, false},  {0x080001, true, false},
                          {0x0800ff, true, false},  {0x080100, false, false},
                          {0x080102, false, false}, {0x081500, false, false}};
  for (const Row& row : rows) {
    INFO(std::hex << row.version);
    CHECK(quirks_of(row.version).needs_fresh_handles == row.needs_fresh_handles);
    CHECK(quirks_of(row.version).reads_stray_responses == row.reads_stray_responses);
  }
}

TEST_CASE("the version that counts is that of the libcurl that is loaded") {
  CHECK(loaded_curl_version() == curl_version_info(CURLVERSION_NOW)->version_num);
  CHECK(loaded_curl_version() >= 0x075800);
}

}  // namespace
}  // namespace async_http_pool
