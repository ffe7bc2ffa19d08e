#include "stores/s3_error.hpp"

#include <string>
#include <tuple>

#include "stores/s3_error_document.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using Catch::Matchers::Contains;
using Code = PayloadStoreErrorCode;

std::string error_document(const std::string& content) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" + content + "</Error>";
}

S3Failure described(const S3Answer& answer) { return describe_s3_answer(answer, SecretMask({})); }

TEST_CASE("S3 errors are known by their name, whatever the status is") {
  for (const auto& [name, code, is_worth_retry] :
       {std::tuple("SignatureDoesNotMatch", Code::unauthorized, false),
        std::tuple("InvalidAccessKeyId", Code::unauthorized, false),
        std::tuple("AccessDenied", Code::unauthorized, false),
        std::tuple("ExpiredToken", Code::unauthorized, false),
        std::tuple("RequestTimeTooSkewed", Code::unauthorized, false),
        std::tuple("NoSuchBucket", Code::misconfigured, false),
        std::tuple("AuthorizationHeaderMalformed", Code::misconfigured, false),
        std::tuple("PermanentRedirect", Code::misconfigured, false),
        std::tuple("IllegalLocationConstraintException", Code::misconfigured, false),
        std::tuple("EntityTooLarge", Code::payload_too_large, false),
        std::tuple("SlowDown", Code::overloaded, true),
        std::tuple("ServiceUnavailable", Code::overloaded, true),
        std::tuple("InternalError", Code::unavailable, true),
        std::tuple("RequestTimeout", Code::unavailable, true),
        std::tuple("QuotaExceeded", Code::full, false),
        std::tuple("XMinioStorageFull", Code::full, false),
        std::tuple("BadDigest", Code::corrupt, false)}) {
    INFO(name);
    const std::string body = error_document(std::string("<Code>") + name + "</Code>");
    for (const int status : {200, 400, 403, 503}) {
      const S3Failure failure = described({.status = status, .body = body});
      CHECK(failure.code == code);
      CHECK(failure.is_worth_retry == is_worth_retry);
      CHECK_THAT(failure.text, Contains(std::to_string(status)) && Contains(name));
    }
  }
}

TEST_CASE("S3 answers without a name that is known are known by their status") {
  for (const auto& [status, code, is_worth_retry] :
       {std::tuple(301, Code::misconfigured, false), std::tuple(307, Code::misconfigured, false),
        std::tuple(304, Code::internal, false), std::tuple(400, Code::internal, false),
        std::tuple(401, Code::unauthorized, false), std::tuple(403, Code::unauthorized, false),
        std::tuple(404, Code::misconfigured, false), std::tuple(405, Code::misconfigured, false),
        std::tuple(413, Code::payload_too_large, false), std::tuple(418, Code::internal, false),
        std::tuple(429, Code::overloaded, true), std::tuple(500, Code::unavailable, true),
        std::tuple(501, Code::misconfigured, false), std::tuple(502, Code::unavailable, true),
        std::tuple(503, Code::overloaded, true), std::tuple(504, Code::unavailable, true),
        std::tuple(505, Code::internal, false), std::tuple(507, Code::full, false),
        std::tuple(520, Code::unavailable, true)}) {
    for (const std::string& body :
         {std::string(), std::string("<html><head><title>Error</title></head></html>"),
          std::string("oops"), error_document("<Code>WhoKnows</Code>")}) {
      INFO(status << " " << body);
      const S3Failure failure = described({.status = status, .body = body});
      CHECK(failure.code == code);
      CHECK(failure.is_worth_retry == is_worth_retry);
      CHECK_FALSE(failure.is_missing_object);
    }
  }
}

TEST_CASE("only NoSuchKey with a 404 means that there is no object") {
  const std::string key = error_document("<Code>NoSuchKey</Code>");
  const std::string bucket = error_document("<Code>NoSuchBucket</Code>");
  CHECK(described({.status = 404, .body = key}).is_missing_object);
  CHECK_FALSE(described({.status = 403, .body = key}).is_missing_object);
  CHECK_FALSE(described({.status = 404, .body = bucket}).is_missing_object);
  CHECK_FALSE(described({.status = 404, .body = "not found"}).is_missing_object);
}

TEST_CASE("the region that an S3 server wants is told") {
  const std::string malformed =
      error_document("<Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region>");
  CHECK_THAT(described({.status = 400, .body = malformed}).text,
             Contains("wants region \"eu-west-1\""));
  const std::string redirect = error_document(
      "<Code>PermanentRedirect</Code><Endpoint>b.s3-eu-west-2.amazonaws.com</Endpoint>");
  const std::string text =
      described({.status = 301, .body = redirect, .bucket_region = "eu-west-2"}).text;
  CHECK_THAT(text, Contains("wants region \"eu-west-2\"") &&
                       Contains("wants endpoint \"b.s3-eu-west-2.amazonaws.com\""));
  // Any answer has the header; it is no news when the failure is another one.
  CHECK_THAT(described({.status = 503, .body = "", .bucket_region = "eu-west-2"}).text,
             !Contains("eu-west-2"));
}

TEST_CASE("secrets in what an S3 server says are masked before anything is cut") {
  const std::string secret(400, 's');
  for (const std::size_t before : {0U, 150U, 190U, 300U, 500U}) {
    const std::string filler(before, 'f');
    std::string escaped;  // as six bytes each
    for (const char c : secret) escaped += "&#" + std::to_string(c) + ";";
    for (const std::string& form : {secret, escaped}) {
      const std::string text = filler + form + " end";
      for (const std::string& name : {"Message", "RequestId"}) {
        const std::string body =
            error_document("<Code>AccessDenied</Code><" + name + ">" + text + "</" + name + ">");
        const S3Failure failure =
            describe_s3_answer({.status = 403, .body = body}, SecretMask({secret}));
        CHECK(failure.code == Code::unauthorized);
        CHECK_THAT(failure.text, Contains("AccessDenied") && !Contains("sss") && !Contains("&#"));
        CHECK(failure.text.size() < 300);
      }
    }
  }
  const std::string elsewhere = error_document("<Code>PermanentRedirect</Code>");
  const std::string region = std::string(190, 'r') + secret;
  CHECK_THAT(describe_s3_answer({.status = 301, .body = elsewhere, .bucket_region = region},
                                SecretMask({secret}))
                 .text,
             Contains("***") && !Contains("sss"));
}

TEST_CASE("an S3 error is known by its name even when that has a secret in it") {
  const std::string body = error_document("<Code>SlowDown</Code>");
  const S3Failure failure = describe_s3_answer({.status = 400, .body = body}, SecretMask({"Slow"}));
  CHECK(failure.code == Code::overloaded);
  CHECK(failure.text == "status 400 ***Down");
}

TEST_CASE("failed transfers to S3 are translated") {
  for (const auto& [type, error, code, is_worth_retry] :
       {std::tuple(ErrorType::connection, ErrorCode::connection_refused, Code::unavailable, true),
        std::tuple(ErrorType::connection, ErrorCode::truncated_response, Code::unavailable, true),
        std::tuple(ErrorType::connection, ErrorCode::name_resolution, Code::unavailable, true),
        std::tuple(ErrorType::timeout, ErrorCode::connect_timeout, Code::unavailable, true),
        std::tuple(ErrorType::timeout, ErrorCode::request_timeout, Code::timeout, false),
        std::tuple(ErrorType::ssl, ErrorCode::tls_handshake, Code::unavailable, true),
        std::tuple(ErrorType::ssl, ErrorCode::tls_verification, Code::misconfigured, false),
        std::tuple(ErrorType::ssl, ErrorCode::tls_configuration, Code::misconfigured, false),
        std::tuple(ErrorType::response_too_large, ErrorCode::body_too_large,
                   Code::payload_too_large, false),
        std::tuple(ErrorType::response_too_large, ErrorCode::headers_too_large, Code::internal,
                   false),
        std::tuple(ErrorType::unknown, ErrorCode::protocol_violation, Code::internal, false)}) {
    INFO(to_string(type) << " " << to_string(error));
    const S3Failure failure = describe_s3_transfer(
        {.type = type, .code = error, .message = "a\nb hidden"}, SecretMask({"hidden"}));
    CHECK(failure.code == code);
    CHECK(failure.is_worth_retry == is_worth_retry);
    CHECK(failure.text == "a\\x0ab ***");
  }
}

TEST_CASE("an S3 error document is read") {
  const S3ErrorDocument document = read_s3_error(error_document(
      "<Code>SlowDown</Code>\n<Message>\n Please &lt;reduce&gt; your rate &amp; wait "
      "&#233;&#x1F600; "
      "</Message><Region>eu-west-1</Region><Endpoint>a.b</Endpoint><RequestId>4442587FB</RequestId>"
      "<HostId>secret</HostId>"));
  CHECK(document.code == "SlowDown");
  CHECK(document.message == "Please <reduce> your rate & wait \xc3\xa9\xf0\x9f\x98\x80");
  CHECK(document.region == "eu-west-1");
  CHECK(document.endpoint == "a.b");
  CHECK(document.request_id == "4442587FB");
  CHECK(read_s3_error("<Error xmlns=\"x\"><Code>A</Code></Error>").code == "A");
  CHECK(read_s3_error("<!-- a --> <Error><Code>A</Code>").code == "A");
}

TEST_CASE("what is no S3 error document tells nothing and does no harm") {
  for (const std::string& body :
       {std::string(), std::string("<"), std::string("<?"), std::string("<?xml"),
        std::string("<Error"), std::string("<Error>"), std::string("<Error><Code>"),
        std::string("<Error><Code>A</Cod"), std::string("<Errors><Code>A</Code></Errors>"),
        std::string("<html><Error><Code>A</Code></Error></html>"),
        std::string("{\"x\":\"<Error/>\"}"), std::string("<Error><Code>A B</Code></Error>"),
        std::string("<Error><Code>A\r\nX: y</Code></Error>"), std::string("<Error><code>A</code>"),
        std::string("<!-- <Error><Code>A</Code>"), std::string(65536, '<'),
        std::string("\0<Error>", 8) + std::string("\xff\xfe")}) {
    INFO(body.substr(0, 60));
    CHECK(read_s3_error(body).code.empty());
  }
}

TEST_CASE("entities that mean nothing stay as they are") {
  const auto message = [](const std::string& text) {
    return read_s3_error(error_document("<Message>" + text + "</Message>")).message;
  };
  CHECK(message("a & b &nbsp; &; &#; &#x; &#xZZ; &#99999999999; &amp") ==
        "a & b &nbsp; &; &#; &#x; &#xZZ; &#99999999999; &amp");
  CHECK(message("&#x110000;") == "?");
  CHECK(message("&amp;lt;") == "&lt;");
  CHECK(message(std::string(5000, 'x')).size() == 5000);
  CHECK(message(std::string(65537, 'x')).empty());
}

}  // namespace
}  // namespace async_http_pool
