// What is a reference and what is not.
#include "stores/storage_reference.hpp"

#include <string>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

const std::string reference = R"({"$ref":{"store":"files","key":"7f9c"}})";

TEST_CASE("a reference is written exactly as the original does") {
  CHECK(write_reference({"files", "7f9c"}) == reference);
  CHECK(write_reference({"a\"b\\", "\n"}) == R"({"$ref":{"store":"a\"b\\","key":"\n"}})");
}

TEST_CASE("an object with a member of that name is a reference, however it is written") {
  const std::string padding(1000, ' ');
  for (const std::string& json :
       {reference, " \r\n\t" + reference + "\n", padding + reference + padding,
        std::string(R"({ "$ref" : { "key" : "7f9c" , "store" : "files" } })"),
        std::string(R"({"at":1,"$ref":{"store":"files","ttl":5,"key":"7f9c"},"x":{"y":[1]}})"),
        std::string(R"({"\u0024ref":{"store":"files","key":"7f9c"}})"),
        std::string(R"({"$\u0072\u0065f":{"store":"files","key":"\u0037f9c"}})"),
        // As with every JSON reader, the last of several counts.
        std::string(R"({"$ref":null,"$ref":{"key":"x","store":"files","key":"7f9c"}})")}) {
    INFO(json);
    CHECK(has_reference_member(json));
    const auto read = read_reference(json);
    REQUIRE(read.has_value());
    CHECK(read->store == "files");
    CHECK(read->key == "7f9c");
  }
}

TEST_CASE("all else is no reference") {
  for (const std::string& json :
       {std::string(), std::string(" "), std::string("{}"), std::string("null"),
        std::string(R"("$ref")"), std::string(R"(["$ref",1])"), "[" + reference + "]",
        R"({"body":)" + reference + "}", std::string(R"({"body":"{\"$ref\":{}}"})"),
        std::string(R"({"$Ref":{"store":"files","key":"7f9c"}})"),
        std::string(R"({"ref":1,"x":"$ref"})"), std::string(R"({"\\u0024ref":1})"),
        std::string(R"({"status":200,"headers":{},"body":null})"),
        // Not JSON
        std::string(R"({"$ref")"), std::string(R"({"$ref":)"), reference + "x",
        reference + reference, "\xEF\xBB\xBF" + reference,
        reference.substr(0, reference.size() - 1), reference + std::string(1, '\0'),
        std::string("{'$ref':1}"), std::string("{\"$ref\":\"\xFF\"}")}) {
    INFO(json);
    CHECK_FALSE(has_reference_member(json));
    CHECK_FALSE(read_reference(json).has_value());
  }
}

TEST_CASE("a reference that names no store or no key has the member, and stands for nothing") {
  for (const std::string_view json :
       {R"({"$ref":null})", R"({"$ref":"#/definitions/x"})", R"({"$ref":{}})",
        R"({"$ref":{"store":"files"}})", R"({"$ref":{"key":"k"}})",
        R"({"$ref":{"store":1,"key":"k"}})", R"({"$ref":{"store":"files","key":null}})",
        R"({"$ref":[{"store":"files","key":"k"}]})",
        R"({"$ref":{"store":"files","key":"k","key":1}})"}) {
    INFO(json);
    CHECK(has_reference_member(json));
    CHECK_FALSE(read_reference(json).has_value());
  }
}

TEST_CASE("a document beyond the bound is none, and is not read to find out") {
  const std::string start = R"({"$ref":{"store":"files","key":"7f9c"},"x":")";
  const std::string end = "\"}";
  const std::string at_bound =
      start + std::string(reference_bytes_max - start.size() - end.size(), 'x') + end;
  REQUIRE(at_bound.size() == reference_bytes_max);
  CHECK(has_reference_member(at_bound));
  CHECK_FALSE(has_reference_member(at_bound + " "));
  // Reading that would take seconds: a million times is to be nothing.
  const std::string large =
      R"({"status":200,"$ref":1,"body":")" + std::string(std::size_t{64} << 20, 'x') + "\"}";
  int found = 0;
  for (int i = 0; i < 1'000'000; ++i) found += has_reference_member(large) ? 1 : 0;
  CHECK(found == 0);
}

TEST_CASE("nesting that is deeper than JSON may be here is no reference, and no stack overflow") {
  const std::string deep = R"({"$ref":)" + std::string(60'000, '[');
  CHECK_FALSE(has_reference_member(deep));
  CHECK_FALSE(has_reference_member(deep + std::string(1000, ']')));
}

TEST_CASE("the longest key and the longest name fit, even when all of it has to be escaped") {
  const StorageReference longest{std::string(1024, '"'), std::string(stored_key_bytes_max, '\x01')};
  const std::string json = write_reference(longest);
  CHECK(json.size() <= reference_bytes_max);
  const auto read = read_reference(json);
  REQUIRE(read.has_value());
  CHECK(read->store == longest.store);
  CHECK(read->key == longest.key);
}

TEST_CASE("a reference holds keys of any text up to a bound") {
  CHECK(is_stored_key("k"));
  CHECK(is_stored_key("a/b \xC3\xA9\n"));
  CHECK(is_stored_key(std::string(stored_key_bytes_max, 'k')));
  CHECK_FALSE(is_stored_key(""));
  CHECK_FALSE(is_stored_key("\xFF"));
  CHECK_FALSE(is_stored_key(std::string(stored_key_bytes_max + 1, 'k')));
}

}  // namespace
}  // namespace async_http_pool
