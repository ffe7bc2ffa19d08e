// S3Store against a real S3 server that verifies signatures.
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/patience.hpp"
#include "support/s3_server.hpp"
#include "support/store_failure.hpp"

#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

/// One for all tests that leave it as it is: it takes a second to start.
S3Server& server() {
  static S3Server shared({.bucket = "payloads"});
  return shared;
}

S3StoreOptions options_for(const S3Server& s3) {
  S3StoreOptions options;
  options.bucket = "payloads";
  options.endpoint = s3.endpoint();
  options.region = s3.options().region;
  options.access_key_id = s3.options().access_key_id;
  options.secret_access_key = s3.options().secret_access_key;
  options.retry_delay = 10ms;
  return options;
}

/// What is done to a store to see how it fails.
struct Verb {
  const char* name;
  std::function<void(PayloadStore&)> act;
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      {"store", [](PayloadStore& store) { static_cast<void>(store.store("key", "{}")); }},
      {"fetch", [](PayloadStore& store) { static_cast<void>(store.fetch("key")); }},
      {"remove", [](PayloadStore& store) { store.remove("key"); }}};
  return all;
}

}  // namespace

TEST_CASE("S3Store is a payload store") {
  const S3Server in_memory({.bucket = "payloads", .keeps_objects_in_memory = true});
  const auto findings = check_payload_store(
      [&] { return std::make_shared<S3Store>(options_for(in_memory)); }, {.rounds_per_thread = 2});
  for (const auto& [rule, detail] : findings) FAIL_CHECK(rule << ": " << detail);
}

TEST_CASE("S3 objects are named and typed as the Ruby original does it") {
  S3Store store(options_for(server()));
  CHECK(store.store("0b5a7e4c-names", R"({"a":1})") == "0b5a7e4c-names");
  const std::vector<std::string> records = server().object_records();
  const auto is_ours = [](const std::string& record) {
    return record.find("/AUTH_test/payloads/async_http_pool/payloads/0b5a7e4c-names") !=
               std::string::npos &&
           record.find("application/json") != std::string::npos;
  };
  CHECK(std::count_if(records.begin(), records.end(), is_ours) == 1);
  store.remove("0b5a7e4c-names");
}

TEST_CASE("S3 key prefixes may be of any characters") {
  for (const char* prefix :
       {"", "/", "a//b/", "a b/", "a+b=c&d?e#f%g/", ":@!$'()*,;/", "[]\"<>\\^`{}|/", "%2F%41/",
        "\xc3\xa9\xf0\x9f\x98\x80/", "~-._/", "...", "a./"}) {
    INFO(prefix);
    S3StoreOptions options = options_for(server());
    options.key_prefix = prefix;
    S3Store store(options);
    const std::string payload = std::string("\"of ") + prefix + "\"";
    CHECK(store.store("key", payload) == "key");
    CHECK(S3Store(options).fetch("key") == payload);
    const std::vector<std::string> records = server().object_records();
    if (std::all_of(payload.begin(), payload.end(), [](char c) { return c > 0; })) {
      const std::string name = std::string("/AUTH_test/payloads/") + prefix + "key";
      CHECK(std::any_of(records.begin(), records.end(), [&name](const std::string& record) {
        return record.find(name) != std::string::npos;
      }));
    }
    store.remove("key");
    CHECK_FALSE(store.fetch("key"));
  }
}

TEST_CASE("S3 credentials that are wrong are told apart from all else, and not told") {
  S3StoreOptions wrong_secret = options_for(server());
  wrong_secret.secret_access_key = "not-the-secret";
  S3StoreOptions unknown_key = options_for(server());
  unknown_key.access_key_id = "UNKNOWNACCESSKEY";
  for (const S3StoreOptions& options : {wrong_secret, unknown_key}) {
    S3Store store(options);
    for (const Verb& verb : verbs()) {
      INFO(verb.name);
      const StoreFailure failure = store_failure_of([&] { verb.act(store); });
      CHECK(failure.code == PayloadStoreErrorCode::unauthorized);
      CHECK_THAT(failure.message, Catch::Contains("status 403 SignatureDoesNotMatch"));
      CHECK_THAT(failure.message, !Catch::Contains(options.secret_access_key));
      CHECK_THAT(failure.message, !Catch::Contains(options.access_key_id));
    }
  }
}

TEST_CASE("a wrong S3 region is told with the right one") {
  S3StoreOptions options = options_for(server());
  options.region = "eu-west-1";
  S3Store store(options);
  for (const Verb& verb : verbs()) {
    INFO(verb.name);
    const StoreFailure failure = store_failure_of([&] { verb.act(store); });
    CHECK(failure.code == PayloadStoreErrorCode::misconfigured);
    CHECK_THAT(failure.message, Catch::Contains("wants region \"us-east-1\""));
  }
}

TEST_CASE("a missing S3 bucket is no missing payload") {
  S3StoreOptions options = options_for(server());
  options.bucket = "nobody-made-this";
  S3Store store(options);
  for (const Verb& verb : verbs()) {
    INFO(verb.name);
    const StoreFailure failure = store_failure_of([&] { verb.act(store); });
    CHECK(failure.code == PayloadStoreErrorCode::misconfigured);
    CHECK_THAT(failure.message,
               Catch::Contains("NoSuchBucket") && Catch::Contains("nobody-made-this"));
  }
}

TEST_CASE("an S3 session token is sent and signed") {
  S3StoreOptions options = options_for(server());
  options.session_token = "FwoGZXIvYXdzEBYaD+/=token";
  S3Store store(options);
  store.store("token", "{}");
  CHECK(store.fetch("token") == "{}");
  store.remove("token");
}

TEST_CASE("S3 buckets may be named in the host") {
  S3Server by_name({.bucket = "payloads", .domain = "s3.localhost"});
  S3StoreOptions options = options_for(by_name);
  const std::string& endpoint = by_name.endpoint();
  options.endpoint = "http://s3.localhost" + endpoint.substr(endpoint.rfind(':'));
  options.addressing_style = S3AddressingStyle::host;
  options.key_prefix = "a b/";
  S3Store store(options);
  store.store("key", "[1]");
  options.addressing_style = S3AddressingStyle::path;
  options.endpoint = endpoint;
  CHECK(S3Store(options).fetch("key") == "[1]");
}

TEST_CASE("S3 over TLS trusts the authority it was given and no other") {
  S3Server tls({.bucket = "payloads", .identity = certificates().good()});
  S3StoreOptions options = options_for(tls);
  options.ca_file = certificates().ca_file();
  S3Store store(options);
  const std::string large(3 << 20, 'x');
  store.store("key", large);
  CHECK(store.fetch("key") == large);

  for (const std::string& ca_file :
       {certificates().other_ca_file(), std::string(), std::string("/nowhere/ca.pem")}) {
    INFO(ca_file);
    options.ca_file = ca_file;
    S3Store distrustful(options);
    const StoreFailure failure =
        store_failure_of([&] { static_cast<void>(distrustful.fetch("key")); });
    CHECK(failure.code == PayloadStoreErrorCode::misconfigured);
  }
}

TEST_CASE("an S3 server that is gone for a while is found again") {
  S3Server mortal({.bucket = "payloads"});
  S3StoreOptions options = options_for(mortal);
  options.retries = 1;
  S3Store store(options);
  store.store("before", "1");

  mortal.stop();
  for (const Verb& verb : verbs()) {
    INFO(verb.name);
    const StoreFailure failure = store_failure_of([&] { verb.act(store); });
    CHECK(failure.code == PayloadStoreErrorCode::unavailable);
    CHECK_THAT(failure.message, Catch::Contains("2 attempts"));
  }
  options.retries = 20;
  options.retry_delay = 500ms;
  options.request_timeout = 3 * patience;
  S3Store patient(options);
  auto waiting = std::async(std::launch::async, [&] { return patient.fetch("before"); });
  mortal.start_again();
  CHECK(waiting.get() == "1");
  CHECK(store.fetch("before") == "1");
}

TEST_CASE("an S3 server that hangs costs the time-out and no more") {
  S3Server sleepy({.bucket = "payloads"});
  S3StoreOptions options = options_for(sleepy);
  S3Store patient(options);
  patient.store("key", "1");
  options.request_timeout = 300ms;
  S3Store store(options);

  sleepy.pause();
  for (const Verb& verb : verbs()) {
    INFO(verb.name);
    const auto begin = Clock::now();
    const StoreFailure failure = store_failure_of([&] { verb.act(store); });
    const auto time = Clock::now() - begin;
    CHECK(failure.code == PayloadStoreErrorCode::timeout);
    CHECK(time >= 290ms);
    CHECK(time < patience / 2);
  }
  sleepy.resume();
  CHECK(patient.fetch("key") == "1");
}

TEST_CASE("the s3 adapter makes a store of options by name") {
  Configuration configuration;
  configuration.register_payload_store("mine", "s3",
                                       Value::object({{"bucket", "payloads"},
                                                      {"endpoint", server().endpoint()},
                                                      {"region", "us-east-1"},
                                                      {"addressing_style", "path"},
                                                      {"key_prefix", "adapter/"},
                                                      {"access_key_id", "TESTACCESSKEY"},
                                                      {"secret_access_key", "test/secret+key=1"},
                                                      {"connect_timeout", 5},
                                                      {"request_timeout", 30.5},
                                                      {"retries", 2},
                                                      {"retry_delay", 0.05}}));
  S3StoreOptions same = options_for(server());
  same.key_prefix = "adapter/";
  S3Store store(same);
  store.store("key", "2");
  REQUIRE(configuration.payload_store("mine"));
  CHECK(configuration.payload_store("mine")->fetch("key") == "2");
}
