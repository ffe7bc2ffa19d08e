#include "base/secret_mask.hpp"

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

TEST_CASE("each secret in a text is masked, wherever it stands") {
  const SecretMask mask({"key", "", "key and more"});
  CHECK(mask.masked("") == "");
  CHECK(mask.masked("nothing") == "nothing");
  CHECK(mask.masked("key") == "***");
  CHECK(mask.masked("a key, keykey and more") == "a ***, ******");
  CHECK(mask.masked("ke y") == "ke y");
  CHECK(SecretMask({}).masked("text") == "text");
}

TEST_CASE("a secret that is a part of its mask comes to an end") {
  CHECK(SecretMask({"*"}).masked("a*b**") == "a***b******");
  CHECK(SecretMask({"**"}).masked("***") == "****");
  CHECK(SecretMask({"***", "*"}).masked("****") == "************");
}

}  // namespace
}  // namespace async_http_pool
