#include <async_http_pool/cookie_jar.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/base64_decode.hpp"
#include "base/utf8.hpp"
#include "http/cookie_jar_state.hpp"
#include "http/cookie_rules.hpp"
#include "wire/json_writer.hpp"
#include "wire/object_reader.hpp"

namespace async_http_pool {
namespace {

WallTime wall_time(std::chrono::system_clock::time_point time) noexcept {
  return std::chrono::floor<std::chrono::seconds>(time);
}

/// Servers may set bytes that are no UTF-8, which JSON cannot express.
void write_bytes(JsonWriter& writer, const std::string& name, const std::string& bytes) {
  const bool is_text = is_utf8(bytes);
  writer.key(is_text ? name : name + "_base64");
  writer.string(is_text ? bytes : encode_base64(bytes));
}

std::string read_bytes(const ObjectReader& reader, const std::string& name) {
  const std::string encoded = name + "_base64";
  if (reader.member(encoded) == nullptr) return reader.string(name);
  return reader.check(encoded, [&] { return decode_base64(reader.string(encoded)); });
}

void write_cookie(JsonWriter& writer, const Cookie& cookie) {
  writer.begin_object();
  write_bytes(writer, "name", cookie.name);
  write_bytes(writer, "value", cookie.value);
  writer.key("domain");
  writer.string(cookie.domain);
  write_bytes(writer, "path", cookie.path);
  writer.key("host_only");
  writer.boolean(cookie.is_host_only);
  writer.key("secure");
  writer.boolean(cookie.is_secure);
  writer.key("http_only");
  writer.boolean(cookie.is_http_only);
  writer.key("expires");
  if (cookie.expires) {
    writer.integer(wall_time(*cookie.expires).time_since_epoch().count());
  } else {
    writer.null();
  }
  writer.end_object();
}

/// Whatever number it is: a cookie without a sensible end would be one for ever.
std::optional<std::chrono::system_clock::time_point> read_end(const ObjectReader& reader) {
  constexpr double convertible_max = 1e15;
  const Value* expires = reader.member("expires");
  if (expires == nullptr) return std::nullopt;
  const double seconds = reader.check("expires", [&] { return expires->as_double(); });
  const double bounded = std::clamp(std::floor(seconds), -convertible_max, convertible_max);
  return cookie_end(WallTime(std::chrono::seconds(static_cast<std::int64_t>(bounded))));
}

Cookie read_cookie(const ObjectReader& reader) {
  Cookie cookie;
  cookie.name = read_bytes(reader, "name");
  cookie.value = read_bytes(reader, "value");
  cookie.domain = reader.string("domain");
  cookie.path = read_bytes(reader, "path");
  cookie.is_host_only = reader.boolean("host_only").value_or(true);
  cookie.is_secure = reader.boolean("secure").value_or(false);
  cookie.is_http_only = reader.boolean("http_only").value_or(false);
  cookie.expires = read_end(reader);
  reader.check({}, [&] { check_cookie(cookie); });
  return cookie;
}

}  // namespace

std::string CookieJar::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  writer.key("cookies");
  writer.begin_array();
  for (const Cookie& cookie : cookies()) write_cookie(writer, cookie);
  writer.end_array();
  writer.end_object();
  return writer.take();
}

void CookieJar::load_json(std::string_view text, const ParseLimits& limits) {
  const Value document = Value::from_json(text, limits);
  const ObjectReader reader(document, {"cookie_jar", text.size()});
  const Value& items = reader.required("cookies");
  std::vector<Cookie> loaded;
  reader.check("cookies", [&] { loaded.reserve(items.as_array().size()); });
  for (const Value& item : items.as_array()) {
    const std::string path = fmt::format("cookie_jar.cookies[{}]", loaded.size());
    loaded.push_back(read_cookie(ObjectReader(item, {path, text.size()})));
  }
  const auto now = std::chrono::system_clock::now();
  // What has ended must not take a newer one with it. The list of public suffixes grows: what it
  // took in meanwhile is no fault of the document.
  std::erase_if(loaded, [&](const Cookie& cookie) {
    return (cookie.expires && *cookie.expires <= now) ||
           (!cookie.is_host_only && !may_share_cookies(cookie.domain, state_->suffixes));
  });
  // The rest would be pushed out again, while everybody waits.
  if (loaded.size() > CookieTable::cookies_max)
    loaded.erase(loaded.begin(), loaded.end() - std::ptrdiff_t{CookieTable::cookies_max});
  state_->table.with([&](CookieTable& table) {
    for (Cookie& cookie : loaded) {
      const std::string site = cookie_site(cookie.domain, state_->suffixes);
      table.put(std::move(cookie), site, now);
    }
  });
}

}  // namespace async_http_pool
