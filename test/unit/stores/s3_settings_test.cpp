#include "stores/s3_settings.hpp"

#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

EnvironmentReader environment_of(Variables variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

const Variables credentials = {{"AWS_ACCESS_KEY_ID", "env-key"},
                               {"AWS_SECRET_ACCESS_KEY", "env-secret"},
                               {"AWS_SESSION_TOKEN", "env-token"}};

S3StoreOptions complete(S3StoreOptions options, const Variables& variables = credentials) {
  return complete_s3_options(std::move(options), environment_of(variables));
}

S3StoreOptions with_keys() {
  S3StoreOptions options;
  options.access_key_id = "key";
  options.secret_access_key = "hidden";
  return options;
}

TEST_CASE("S3 credentials come from the environment when there are none") {
  const S3StoreOptions options = complete({});
  CHECK(options.access_key_id == "env-key");
  CHECK(options.secret_access_key == "env-secret");
  CHECK(options.session_token == "env-token");
}

TEST_CASE("S3 credentials of the options are not mixed with those of the environment") {
  const S3StoreOptions options = complete(with_keys());
  CHECK(options.access_key_id == "key");
  CHECK(options.secret_access_key == "hidden");
  CHECK(options.session_token.empty());
}

TEST_CASE("S3 credentials must be complete") {
  using Catch::Matchers::Contains;
  for (const Variables& variables :
       {Variables{}, Variables{{"AWS_ACCESS_KEY_ID", "a"}},
        Variables{{"AWS_SECRET_ACCESS_KEY", "a"}},
        Variables{{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", ""}}}) {
    CHECK_THAT(refusal_of([&] { return complete({}, variables); }), Contains("no credentials"));
  }
  S3StoreOptions key_alone;
  key_alone.access_key_id = "key";
  CHECK_THAT(refusal_of([&] { return complete(key_alone); }), Contains("together"));
  S3StoreOptions secret_alone;
  secret_alone.secret_access_key = "hidden";
  CHECK_THAT(refusal_of([&] { return complete(secret_alone); }), Contains("together"));
  S3StoreOptions token_alone;
  token_alone.session_token = "token";
  CHECK_THAT(refusal_of([&] { return complete(token_alone); }), Contains("session_token"));
}

TEST_CASE("S3 credentials that were pasted badly are refused without being told") {
  for (std::string S3StoreOptions::*member :
       {&S3StoreOptions::access_key_id, &S3StoreOptions::secret_access_key,
        &S3StoreOptions::session_token}) {
    for (const std::string& value :
         {std::string("hidden\n"), std::string("hidden x"), std::string("hid\0den", 7),
          std::string("hidden\xc3\xa9"), std::string("hidden\x7f"), std::string(16385, 'h')}) {
      S3StoreOptions options = with_keys();
      options.*member = value;
      const std::string refusal = refusal_of([&] { return complete(options); });
      CHECK_THAT(refusal, Catch::Matchers::Contains("printable ASCII"));
      CHECK(refusal.find("hid") == std::string::npos);
    }
  }
}

TEST_CASE("the S3 region comes from the options, the environment, or is the first there was") {
  struct Row {
    const char* option;
    Variables variables;
    const char* region;
  };
  for (const Row& row : {Row{"eu-west-1", {{"AWS_REGION", "x"}}, "eu-west-1"},
                         Row{"", {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}}, "a"},
                         Row{"", {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "b"}}, "b"},
                         Row{"", {{"AWS_DEFAULT_REGION", "b"}}, "b"}, Row{"", {}, "us-east-1"}}) {
    S3StoreOptions options = with_keys();
    options.region = row.option;
    CHECK(complete(options, row.variables).region == row.region);
  }
  for (const std::string& region :
       {std::string("a:b"), std::string("a b"), std::string("a\r\n"), std::string("a/b"),
        std::string(64, 'a'), std::string("\xc3\xa9")}) {
    S3StoreOptions options = with_keys();
    options.region = region;
    CHECK_THAT(refusal_of([&] { return complete(options); }), Catch::Matchers::Contains("region"));
  }
}

TEST_CASE("the S3 endpoint comes from the options or the environment") {
  const Variables both = {{"AWS_ENDPOINT_URL_S3", "http://s3"}, {"AWS_ENDPOINT_URL", "http://all"}};
  CHECK(complete(with_keys(), both).endpoint == "http://s3");
  CHECK(complete(with_keys(), {{"AWS_ENDPOINT_URL", "http://all"}}).endpoint == "http://all");
  CHECK(complete(with_keys(), {}).endpoint.empty());
  S3StoreOptions options = with_keys();
  options.endpoint = "http://mine";
  CHECK(complete(options, both).endpoint == "http://mine");
}

TEST_CASE("S3 limits are checked") {
  using Catch::Matchers::Contains;
  const auto refusal = [](auto change) {
    S3StoreOptions options = with_keys();
    change(options);
    return refusal_of([&] { return complete(options); });
  };
  using Options = S3StoreOptions;
  CHECK_THAT(refusal([](Options& o) { o.retries = -1; }), Contains("retries"));
  CHECK_THAT(refusal([](Options& o) { o.retries = 21; }), Contains("got: 21"));
  CHECK_THAT(refusal([](Options& o) { o.connect_timeout = 0ms; }), Contains("connect_timeout"));
  CHECK_THAT(refusal([](Options& o) { o.request_timeout = -1ms; }), Contains("request_timeout"));
  CHECK_THAT(refusal([](Options& o) { o.request_timeout = 25h; }), Contains("request_timeout"));
  CHECK_THAT(refusal([](Options& o) { o.retry_delay = -1ms; }), Contains("retry_delay"));
  CHECK_THAT(refusal([](Options& o) { o.ca_file = std::string("a\0b", 3); }), Contains("ca_file"));
  S3StoreOptions least = with_keys();
  least.retries = 0;
  least.retry_delay = 0ms;
  least.connect_timeout = 1ms;
  CHECK_NOTHROW(complete(least));
}

}  // namespace
}  // namespace async_http_pool
