#include "client/download_rules.hpp"

#include <algorithm>
#include <cstddef>

#include "base/utf8.hpp"
#include "http/ascii.hpp"
#include "http/content_range.hpp"

namespace async_http_pool {
namespace {

constexpr int ok_class = 2;
constexpr int partial_content = 206;
constexpr int range_not_satisfiable = 416;
constexpr std::size_t validator_bytes_max = 4096;

/// `"xyzzy"`, and not `W/"xyzzy"` (RFC 9110, section 8.8.3). Those of other bytes than UTF-8 cannot
/// be kept as JSON, nor sent back.
bool is_strong_etag(std::string_view text) noexcept {
  if (text.size() < 2 || text.size() > validator_bytes_max || text.front() != '"' ||
      text.back() != '"')
    return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  const auto is_etag_character = [](char c) {
    return c == '!' || (c >= '#' && c != '\x7F') || static_cast<unsigned char>(c) >= 0x80U;
  };
  return std::all_of(inside.begin(), inside.end(), is_etag_character) && is_utf8(inside);
}

bool is_coded(const Headers& headers) noexcept {
  return std::any_of(headers.begin(), headers.end(), [](const Headers::Field& field) {
    return field.first == "content-encoding" && !field.second.empty() &&
           !equals_ignoring_case(field.second, "identity");
  });
}

/// Whether a partial response is of the content that was asked for. It must repeat an ETag, but
/// leaves out a Last-Modified that the client knows (RFC 9110, section 15.3.7).
bool is_of_same_content(const Headers& headers, const std::string& validator) noexcept {
  const auto etag = headers.get("etag");
  if (is_strong_etag(validator)) return etag == validator;
  const auto last_modified = headers.get("last-modified");
  return !etag && (!last_modified || *last_modified == validator);
}

/// The one `content-range`; none when there are several, or it makes no sense.
std::optional<ContentRange> content_range_of(const Headers& headers) noexcept {
  std::optional<ContentRange> range;
  std::size_t count = 0;
  for (const auto& [name, value] : headers) {
    if (name != "content-range") continue;
    range = parse_content_range(value);
    if (++count > 1) return std::nullopt;
  }
  return range;
}

/// Whether a partial response goes from what was asked for to the end.
bool is_missing_part(const Headers& headers, const DownloadQuestion& asked) noexcept {
  const std::optional<ContentRange> range = content_range_of(headers);
  if (!range || !range->span || range->span->first != asked.offset) return false;
  if (range->length && asked.total && *range->length != *asked.total) return false;
  const std::optional<std::uint64_t> total = download_total(headers, asked);
  return total && range->span->last == *total - 1;
}

}  // namespace

DownloadVerdict judge_download(int status, const Headers& headers,
                               const DownloadQuestion& asked) noexcept {
  const bool is_partial_wanted = asked.offset > 0;
  if (status == range_not_satisfiable && is_partial_wanted) return DownloadVerdict::ask_for_whole;
  if (status / 100 != ok_class) return DownloadVerdict::deliver_failure;
  const bool is_unwanted_coding = !asked.takes_coded && is_coded(headers);
  if (status == partial_content) {
    if (!is_partial_wanted) return DownloadVerdict::refuse;
    return !is_unwanted_coding && is_missing_part(headers, asked) &&
                   is_of_same_content(headers, asked.validator)
               ? DownloadVerdict::take_rest
               : DownloadVerdict::ask_for_whole;
  }
  return is_unwanted_coding ? DownloadVerdict::ask_decoding : DownloadVerdict::take_whole;
}

std::optional<std::uint64_t> download_total(const Headers& headers,
                                            const DownloadQuestion& asked) noexcept {
  const std::optional<ContentRange> range = content_range_of(headers);
  return range && range->length ? range->length : asked.total;
}

std::string download_validator(const Headers& headers, WallTime now) {
  if (const auto etag = headers.get("etag")) {
    // A weak one says that others may differ in bytes: no date can say more.
    return is_strong_etag(*etag) ? std::string(*etag) : std::string();
  }
  const auto last_modified = headers.get("last-modified");
  const auto date = headers.get("date");
  if (!last_modified || !date) return {};
  const std::optional<WallTime> changed = parse_http_date(*last_modified, now);
  const std::optional<WallTime> answered = parse_http_date(*date, now);
  const bool is_settled = changed && answered && *answered - *changed >= std::chrono::seconds(1);
  return is_settled ? std::string(*last_modified) : std::string();
}

bool is_download_validator(std::string_view text) noexcept {
  return is_strong_etag(text) || parse_http_date(text, WallTime()).has_value();
}

}  // namespace async_http_pool
