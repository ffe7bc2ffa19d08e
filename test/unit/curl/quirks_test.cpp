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
    bool trusts_idle_connections;
    bool joins_resolver_threads;
    bool breaks_prior_knowledge;
  };
  constexpr Row rows[] = {
      {0x075801, true, true, false, true},    {0x07ffff, true, true, false, true},
      {0x080000, true, false, false, false},  {0x0800ff, true, false, false, false},
      {0x080100, false, false, false, false}, {0x080e01, false, false, false, false},
      {0x080f00, false, true, false, false},  {0x0813ff, false, true, false, false},
      {0x081400, false, true, true, false},   {0x081600, false, true, true, false}};
  for (const Row& row : rows) {
    INFO(std::hex << row.version);
    CHECK(quirks_of(row.version).needs_fresh_handles == row.needs_fresh_handles);
    CHECK(quirks_of(row.version).trusts_idle_connections == row.trusts_idle_connections);
    CHECK(quirks_of(row.version).joins_resolver_threads == row.joins_resolver_threads);
    CHECK(quirks_of(row.version).breaks_prior_knowledge == row.breaks_prior_knowledge);
    // Both are of the HTTP/2 code that 8.0.0 replaced.
    CHECK(quirks_of(row.version).refuses_streams_wordlessly == row.breaks_prior_knowledge);
  }
}

TEST_CASE("identities and proxies' users are kept apart where libcurl does not") {
  CHECK(quirks_of(0x075801).mixes_up_client_certificates);
  CHECK(quirks_of(0x080e01).mixes_up_client_certificates);
  CHECK(quirks_of(0x0814ff).mixes_up_client_certificates);
  CHECK_FALSE(quirks_of(0x081500).mixes_up_client_certificates);
  CHECK(quirks_of(0x075801).mixes_up_proxy_credentials);
  CHECK(quirks_of(0x0812ff).mixes_up_proxy_credentials);
  CHECK_FALSE(quirks_of(0x081300).mixes_up_proxy_credentials);
}

TEST_CASE("streams of HTTP/2 are paused only where that works") {
  for (const unsigned version : {0x080000u, 0x080100u, 0x080dffu, 0x081000u, 0x0810ffu})
    CHECK(quirks_of(version).breaks_paused_streams);
  for (const unsigned version : {0x075801u, 0x080e00u, 0x080f00u, 0x081100u, 0x081600u})
    CHECK_FALSE(quirks_of(version).breaks_paused_streams);
}

TEST_CASE("resets of streams are helped on their way where libcurl holds them back") {
  for (const unsigned version : {0x075801u, 0x080e01u})
    CHECK(quirks_of(version).holds_stream_resets_back);
  for (const unsigned version : {0x080f00u, 0x081600u})
    CHECK_FALSE(quirks_of(version).holds_stream_resets_back);
}

TEST_CASE("the wait for 100 Continue is watched where libcurl may forget it") {
  for (const unsigned version : {0x075801u, 0x080600u, 0x0806ffu})
    CHECK(quirks_of(version).loses_expect_timer);
  for (const unsigned version : {0x080700u, 0x080e01u, 0x081600u})
    CHECK_FALSE(quirks_of(version).loses_expect_timer);
}

TEST_CASE("the version that counts is that of the libcurl that is loaded") {
  CHECK(loaded_curl_version() == curl_version_info(CURLVERSION_NOW)->version_num);
  CHECK(loaded_curl_version() >= 0x075800);
}

}  // namespace
}  // namespace async_http_pool
