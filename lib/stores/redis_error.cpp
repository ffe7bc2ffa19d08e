#include "stores/redis_error.hpp"

#include <algorithm>
#include <iterator>

#include "base/printable.hpp"

namespace async_http_pool {
namespace {

using Code = PayloadStoreErrorCode;

struct Rule {
  std::string_view prefix;
  std::string_view part;  // that stands somewhere after it
  Code code;
};

// The first that fits. Prefixes end with a space where a longer word would mean something else.
constexpr Rule rules[] = {
    {"NOAUTH", "", Code::unauthorized},
    {"WRONGPASS", "", Code::unauthorized},
    {"NOPERM", "", Code::unauthorized},
    {"DENIED", "", Code::unauthorized},  // protected mode
    {"ERR AUTH", "", Code::unauthorized},
    {"ERR Client sent AUTH", "", Code::unauthorized},  // before Redis 6
    {"ERR invalid password", "", Code::unauthorized},
    {"ERR operation not permitted", "", Code::unauthorized},
    {"ERR Protocol error: unauthenticated", "", Code::unauthorized},
    {"LOADING", "", Code::overloaded},
    {"BUSY", "", Code::overloaded},
    {"TRYAGAIN", "", Code::overloaded},
    {"MASTERDOWN", "", Code::overloaded},
    {"ERR max number of clients", "", Code::overloaded},
    {"CLUSTERDOWN", "", Code::unavailable},
    {"NOREPLICAS", "", Code::unavailable},
    {"OOM", "", Code::full},
    {"MISCONF", "No space left", Code::full},
    {"MISCONF", "", Code::read_only},  // its disk fails: it takes no writes until that is over
    {"READONLY", "", Code::read_only},
    {"ERR invalid DB index", "", Code::misconfigured},
    {"ERR DB index", "", Code::misconfigured},
    {"ERR SELECT is not allowed", "", Code::misconfigured},
    {"MOVED ", "", Code::misconfigured},  // a cluster, which needs another client
    {"ASK ", "", Code::misconfigured},
    {"ERR Protocol error: invalid bulk length", "", Code::payload_too_large},
    {"ERR string exceeds maximum allowed size", "", Code::payload_too_large},
    {"WRONGTYPE", "", Code::corrupt},
};

}  // namespace

PayloadStoreErrorCode redis_error_code(std::string_view text) noexcept {
  const auto* const rule = std::ranges::find_if(rules, [text](const Rule& candidate) {
    return text.starts_with(candidate.prefix) &&
           text.find(candidate.part, candidate.prefix.size()) != std::string_view::npos;
  });
  return rule == std::end(rules) ? Code::internal : rule->code;
}

std::string redis_error_text(std::string_view text) {
  constexpr std::size_t bytes_max = 200;
  // "ERR unknown command 'AUTH', with args beginning with: 'the password'"
  text = text.substr(0, std::min(text.find(", with args beginning with"), bytes_max));
  return printable(text);
}

std::string redis_login_error_text(std::string_view text) {
  return "AUTH failed: " + redis_error_text(text.substr(0, text.find_first_of(" \t\r\n")));
}

}  // namespace async_http_pool
