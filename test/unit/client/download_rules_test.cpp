#include "client/download_rules.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using enum DownloadVerdict;

const DownloadQuestion all_of_it;
const DownloadQuestion rest_by_etag = {.offset = 100, .validator = "\"v1\"", .total = 300};
const DownloadQuestion rest_of_unknown = {.offset = 100, .validator = "\"v1\""};
const std::string change = "Tue, 15 Nov 1994 12:45:26 GMT";
const DownloadQuestion rest_by_date = {.offset = 100, .validator = change, .total = 300};

Headers partial(const std::string& range, const std::string& etag = "\"v1\"") {
  Headers headers;
  if (!range.empty()) headers.set("content-range", range);
  if (!etag.empty()) headers.set("etag", etag);
  return headers;
}

TEST_CASE("a whole content is taken whatever was asked for, failures are delivered") {
  for (const DownloadQuestion& asked : {all_of_it, rest_by_etag, rest_by_date}) {
    for (const int status : {200, 201, 203, 204, 299})
      CHECK(judge_download(status, {}, asked) == take_whole);
    for (const int status : {100, 199, 300, 304, 400, 404, 412, 500, 503, 999})
      CHECK(judge_download(status, {}, asked) == deliver_failure);
  }
  CHECK(judge_download(200, partial("", "\"v2\""), rest_by_etag) == take_whole);
}

TEST_CASE("a range that is not there is asked for without one, and then no more") {
  CHECK(judge_download(416, {{"content-range", "bytes */50"}}, rest_by_etag) == ask_for_whole);
  CHECK(judge_download(416, {}, rest_by_etag) == ask_for_whole);
  CHECK(judge_download(416, {}, all_of_it) == deliver_failure);
  CHECK(judge_download(206, partial("bytes 0-299/300"), all_of_it) == refuse);
  CHECK(judge_download(206, {}, all_of_it) == refuse);
}

TEST_CASE("only what is missing of the same content, all of it and alone, is taken as the rest") {
  struct Row {
    std::string range;
    DownloadVerdict of_known;
    DownloadVerdict of_unknown;
  };
  const auto row = GENERATE(values<Row>({
      {"bytes 100-299/300", take_rest, take_rest},
      {"bytes 100-299/*", take_rest, ask_for_whole},
      {"bytes 100-399/400", ask_for_whole, take_rest},
      {"bytes 100-198/199", ask_for_whole, take_rest},
      {"bytes 99-299/300", ask_for_whole, ask_for_whole},
      {"bytes 101-299/300", ask_for_whole, ask_for_whole},
      {"bytes 100-298/300", ask_for_whole, ask_for_whole},
      {"bytes 0-299/300", ask_for_whole, ask_for_whole},
      {"bytes */300", ask_for_whole, ask_for_whole},
      {"bytes 100-299", ask_for_whole, ask_for_whole},
      {"lines 100-299/300", ask_for_whole, ask_for_whole},
      {"", ask_for_whole, ask_for_whole},
  }));
  CAPTURE(row.range);
  CHECK(judge_download(206, partial(row.range), rest_by_etag) == row.of_known);
  CHECK(judge_download(206, partial(row.range), rest_of_unknown) == row.of_unknown);

  Headers twice = partial(row.range.empty() ? "x" : row.range);
  twice.add("content-range", "bytes 100-299/300");
  CHECK(judge_download(206, twice, rest_by_etag) == ask_for_whole);
}

TEST_CASE("the rest has to be of the content that the first part was of") {
  const std::string range = "bytes 100-299/300";
  CHECK(judge_download(206, partial(range, "\"v2\""), rest_by_etag) == ask_for_whole);
  CHECK(judge_download(206, partial(range, "W/\"v1\""), rest_by_etag) == ask_for_whole);
  CHECK(judge_download(206, partial(range, ""), rest_by_etag) == ask_for_whole);
  // Of a date the server need not speak again.
  CHECK(judge_download(206, partial(range, ""), rest_by_date) == take_rest);
  Headers dated = partial(range, "");
  dated.set("last-modified", change);
  CHECK(judge_download(206, dated, rest_by_date) == take_rest);
  dated.set("last-modified", "Tue, 15 Nov 1994 12:45:27 GMT");
  CHECK(judge_download(206, dated, rest_by_date) == ask_for_whole);
  CHECK(judge_download(206, partial(range, "\"new\""), rest_by_date) == ask_for_whole);
}

TEST_CASE("a content that is coded without being asked for is fetched decoded, never in parts") {
  const Headers coded = {{"content-encoding", "gzip"}};
  CHECK(judge_download(200, coded, all_of_it) == ask_decoding);
  CHECK(judge_download(200, coded, rest_by_etag) == ask_decoding);
  CHECK(judge_download(200, coded, {.takes_coded = true}) == take_whole);
  CHECK(judge_download(200, {{"content-encoding", "Identity"}}, all_of_it) == take_whole);
  CHECK(judge_download(200, {{"content-encoding", ""}}, all_of_it) == take_whole);
  CHECK(judge_download(404, coded, all_of_it) == deliver_failure);

  Headers rest = partial("bytes 100-299/300");
  rest.set("content-encoding", "gzip");
  CHECK(judge_download(206, rest, rest_by_etag) == ask_for_whole);
  DownloadQuestion raw = rest_by_etag;
  raw.takes_coded = true;
  CHECK(judge_download(206, rest, raw) == take_rest);
}

TEST_CASE("the total is the server's word, or what was known before") {
  CHECK(download_total(partial("bytes 100-299/300"), rest_of_unknown) == 300U);
  CHECK(download_total(partial("bytes 100-299/*"), rest_by_etag) == 300U);
  CHECK(download_total(partial("bytes 100-299/*"), rest_of_unknown) == std::nullopt);
}

TEST_CASE("a strong ETag identifies a content, else a date that is settled") {
  struct Row {
    Headers headers;
    std::string validator;
  };
  const std::string later = "Tue, 15 Nov 1994 12:45:27 GMT";
  const std::vector<Row> rows = {
      {{{"etag", "\"v1\""}}, "\"v1\""},
      {{{"etag", "\"\""}}, "\"\""},
      {{{"etag", "\"a-!#\xC3\xBC\""}}, "\"a-!#\xC3\xBC\""},
      {{{"etag", "W/\"v1\""}}, ""},
      {{{"etag", "v1"}}, ""},
      {{{"etag", "\""}}, ""},
      {{{"etag", "\"v\"1\""}}, ""},
      {{{"etag", "\"v 1\""}}, ""},
      {{{"etag", "\"v\x7F\""}}, ""},
      {{{"etag", "\"v\xFF\""}}, ""},
      {{{"etag", "\"" + std::string(5000, 'x') + "\""}}, ""},
      {{{"etag", "\"v1\""}, {"last-modified", change}, {"date", later}}, "\"v1\""},
      {{{"etag", "W/\"v1\""}, {"last-modified", change}, {"date", later}}, ""},
      {{{"last-modified", change}, {"date", later}}, change},
      {{{"last-modified", change}, {"date", change}}, ""},
      {{{"last-modified", later}, {"date", change}}, ""},
      {{{"last-modified", change}}, ""},
      {{{"last-modified", "yesterday"}, {"date", later}}, ""},
      {{{"last-modified", change}, {"date", "today"}}, ""},
      {{{"date", later}}, ""},
      {{}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.headers.get("etag").value_or("none"),
            row.headers.get("last-modified").value_or(""));
    const std::string validator = download_validator(row.headers, WallTime());
    CHECK(validator == row.validator);
    CHECK(is_download_validator(validator) == !validator.empty());
  }
  for (const char* const text : {"x", "\"a\r\nb\"", "W/\"v1\"", "\"v1\"\r\n", "Tue"})
    CHECK_FALSE(is_download_validator(text));
}

}  // namespace
}  // namespace async_http_pool
