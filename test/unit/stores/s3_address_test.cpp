#include "stores/s3_address.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/refusal.hpp"

namespace async_http_pool {
namespace {

using Style = S3AddressingStyle;

S3StoreOptions options_of(std::string bucket, std::string endpoint = "",
                          Style style = Style::automatic) {
  S3StoreOptions options;
  options.bucket = std::move(bucket);
  options.endpoint = std::move(endpoint);
  options.region = "eu-west-1";
  options.addressing_style = style;
  options.key_prefix = "p/";
  return options;
}

std::string url_with_prefix(std::string prefix) {
  S3StoreOptions options = options_of("bucket", "http://s3.test");
  options.key_prefix = std::move(prefix);
  return S3Address(options).url_of("key");
}

TEST_CASE("S3 endpoint, bucket and style make a URL") {
  struct Row {
    S3StoreOptions options;
    const char* url;
  };
  for (const Row& row : {
           Row{options_of("payloads"), "https://payloads.s3.eu-west-1.amazonaws.com/p/key"},
           Row{options_of("my.payloads"), "https://s3.eu-west-1.amazonaws.com/my.payloads/p/key"},
           Row{options_of("Old_Bucket"), "https://s3.eu-west-1.amazonaws.com/Old_Bucket/p/key"},
           Row{options_of("payloads", "", Style::path),
               "https://s3.eu-west-1.amazonaws.com/payloads/p/key"},
           Row{options_of("my.payloads", "", Style::host),
               "https://my.payloads.s3.eu-west-1.amazonaws.com/p/key"},
           Row{options_of("payloads", "http://127.0.0.1:9000"),
               "http://127.0.0.1:9000/payloads/p/key"},
           Row{options_of("payloads", "http://127.0.0.1:9000/"),
               "http://127.0.0.1:9000/payloads/p/key"},
           Row{options_of("payloads", "HTTPS://S3.Test:443"), "https://s3.test/payloads/p/key"},
           Row{options_of("payloads", "http://s3.test:80"), "http://s3.test/payloads/p/key"},
           Row{options_of("payloads", "https://s3.test:80"), "https://s3.test:80/payloads/p/key"},
           Row{options_of("payloads", "http://[::1]:9000"), "http://[::1]:9000/payloads/p/key"},
           Row{options_of("payloads", "http://s3.test:9000", Style::host),
               "http://payloads.s3.test:9000/p/key"},
       }) {
    CHECK(S3Address(row.options).url_of("key") == row.url);
  }
}

TEST_CASE("AWS in China has a domain of its own") {
  S3StoreOptions options = options_of("payloads");
  options.region = "cn-north-1";
  CHECK(S3Address(options).url_of("k") == "https://payloads.s3.cn-north-1.amazonaws.com.cn/p/k");
}

TEST_CASE("regions of AWS with a domain that is not known need an endpoint") {
  for (const char* region :
       {"us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", "eusc-de-east-1"}) {
    S3StoreOptions options = options_of("payloads");
    options.region = region;
    CHECK(refusal_of([&] { return S3Address(options); }) ==
          std::string("s3 store: endpoint must be given for region \"") + region + "\"");
    options.endpoint = "https://s3.test";
    CHECK_NOTHROW(S3Address(options));
  }
  for (const char* region : {"us-gov-west-1", "il-central-1", "mx-central-1"}) {
    S3StoreOptions options = options_of("payloads");
    options.region = region;
    CHECK_NOTHROW(S3Address(options));
  }
}

TEST_CASE("every byte of an object's name but the unreserved ones and slashes is escaped") {
  struct Row {
    const char* prefix;
    const char* path;
  };
  for (const Row& row : {
           Row{"", "key"},
           Row{"a/b-c.d_e~F9/", "a/b-c.d_e~F9/key"},
           Row{" +=&?#%:@!$'()*,;[]\"<>\\^`{}|",
               "%20%2B%3D%26%3F%23%25%3A%40%21%24%27%28%29%2A%2C%3B%5B%5D%22%3C%3E%5C%5E%60%7B%7D"
               "%7Ckey"},
           Row{"\xc3\xa9\xf0\x9f\x98\x80/", "%C3%A9%F0%9F%98%80/key"},
           Row{"/", "/key"},
           Row{"a//b/", "a//b/key"},
           Row{"%2e%2E/%41", "%252e%252E/%2541key"},
           Row{".../.a/a./..b/", ".../.a/a./..b/key"},
           Row{".", ".key"},
           Row{"..", "..key"},
       }) {
    CHECK(url_with_prefix(row.prefix) == std::string("http://s3.test/bucket/") + row.path);
  }
}

TEST_CASE("prefixes that no request could carry are refused") {
  using Catch::Matchers::Contains;
  for (const char* prefix : {"./", "../", "a/./b/", "a/../", "/./", "/../x", "a/.././b"}) {
    INFO(prefix);
    CHECK_THAT(refusal_of([&] { return url_with_prefix(prefix); }), Contains("segment . or .."));
  }
  for (const std::string& prefix :
       {std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f"), std::string("\xc3"),
        std::string("\xed\xa0\x80")}) {
    CHECK_THAT(refusal_of([&] { return url_with_prefix(prefix); }), Contains("UTF-8"));
  }
  CHECK_NOTHROW(url_with_prefix(std::string(824, 'a')));
  CHECK_THAT(refusal_of([&] { return url_with_prefix(std::string(825, 'a')); }), Contains("825"));
}

TEST_CASE("endpoints are http or https URLs of a host alone") {
  for (const char* endpoint :
       {"127.0.0.1:9000", "ftp://s3.test", "http://", "http://s3.test/path", "http://s3.test?x=1",
        "http://s3.test/?", "http://s3.test/#", "http://s3.test#x", "http://user:secret@s3.test",
        "http://s3.test:0", "http://s3.test:99999", "http://s3 .test", "http://s3.test\r\nx: y"}) {
    INFO(endpoint);
    const std::string refusal =
        refusal_of([&] { return S3Address(options_of("payloads", endpoint)); });
    CHECK_THAT(refusal, Catch::Matchers::Contains("s3 store: endpoint"));
    CHECK(refusal.find("secret") == std::string::npos);
  }
}

TEST_CASE("buckets must be what can be named in the style") {
  using Catch::Matchers::Contains;
  for (const char* bucket : {"", ".", "..", "a/b", "a b", "b\xc3\xa9", "a:b", "a?b", "a%62"}) {
    INFO(bucket);
    CHECK_THAT(refusal_of([&] { return S3Address(options_of(bucket, "http://s3.test")); }),
               Contains("s3 store: bucket"));
    CHECK_THAT(refusal_of([&] { return S3Address(options_of(bucket)); }),
               Contains("s3 store: bucket"));
  }
  for (const char* bucket : {"ab", "Payloads", "-payloads", "payloads-", ".payloads", "pay..loads",
                             "pay.-loads", "pay-.loads", "pay_loads", "192.168.5.4"}) {
    INFO(bucket);
    CHECK_THAT(refusal_of([&] { return S3Address(options_of(bucket, "", Style::host)); }),
               Contains("host name"));
  }
  CHECK_THAT(
      refusal_of([&] { return S3Address(options_of(std::string(64, 'a'), "", Style::host)); }),
      Contains("host name"));
  CHECK_NOTHROW(S3Address(options_of(std::string(63, 'a'), "", Style::host)));
  CHECK_THAT(refusal_of([&] { return S3Address(options_of(std::string(256, 'a'))); }),
             Contains("255"));
}

TEST_CASE("buckets are no part of an address made of digits") {
  for (const char* endpoint : {"http://127.0.0.1:9000", "http://[::1]:9000"}) {
    CHECK_THAT(refusal_of([&] { return S3Address(options_of("payloads", endpoint, Style::host)); }),
               Catch::Matchers::Contains("host name"));
  }
}

}  // namespace
}  // namespace async_http_pool
