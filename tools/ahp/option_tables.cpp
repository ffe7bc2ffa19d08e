#include "option_tables.hpp"

#include "message_text.hpp"
#include "owned_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::Configuration;
using async_http_pool::Value;

int to_int(const Value& value) {
  if (!std::in_range<int>(value.as_integer()))
    throw std::invalid_argument(fmt::format("{} is out of range", value.as_integer()));
  return static_cast<int>(value.as_integer());
}

std::size_t to_size(const Value& value) {
  if (!std::in_range<std::size_t>(value.as_integer())) {
    throw std::invalid_argument(fmt::format("{} is out of range", value.as_integer()));
  }
  return static_cast<std::size_t>(value.as_integer());
}

Configuration::Milliseconds to_duration(const Value& value) {
  constexpr double seconds_min = 0.001;
  constexpr double seconds_max = 1e9;
  const double seconds = value.as_double();
  if (seconds < seconds_min)
    throw std::invalid_argument(fmt::format("must be at least {}, got {}", seconds_min, seconds));
  if (seconds > seconds_max)
    throw std::invalid_argument(fmt::format("{} s is out of range", seconds));
  return Configuration::Milliseconds(std::llround(seconds * 1000));
}

const std::string& to_path(const Value& value) {
  if (value.as_string().empty()) throw std::invalid_argument("must not be empty");
  return value.as_string();
}

// Found missing now instead of by every request.
const std::string& to_readable_path(const Value& value) {
  const std::string& path = to_path(value);
  if (open_to_read(path).get() < 0) {
    throw std::invalid_argument(
        fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  }
  return path;
}

// What ends up in a request, whose other parts must be UTF-8, too.
const std::string& to_text(const Value& value) {
  const std::string& text = value.as_string();
  if (!is_utf8(text)) throw std::invalid_argument(fmt::format("must be UTF-8, got \"{}\"", text));
  return text;
}

ProgressMode to_progress_mode(const Value& value) {
  if (value.as_string() == "auto") return ProgressMode::automatic;
  if (value.as_string() == "always") return ProgressMode::always;
  if (value.as_string() == "never") return ProgressMode::never;
  throw std::invalid_argument(
      fmt::format("must be auto, always or never, got \"{}\"", value.as_string()));
}

constexpr Option agents = {
    "agents", OptionKind::integer, "N", "threads that drive transfers (1)",
    [](const Value& v, Settings& s) { s.configuration.set_agents(to_int(v)); }};
constexpr Option cacert = {
    "cacert", OptionKind::text, "FILE", "certificate authorities to trust, PEM (the system's)",
    [](const Value& v, Settings& s) { s.configuration.set_ca_file(to_readable_path(v)); }};
constexpr Option config = {"config", OptionKind::text, "FILE",
                           "options as a JSON object; the command line wins",
                           [](const Value& v, Settings& s) { s.config_path = to_path(v); }};
constexpr Option help = {"help", OptionKind::flag, "", "show this text",
                         [](const Value& v, Settings& s) { s.wants_help = v.as_bool(); }};

constexpr Option output = {"output", OptionKind::text, "FILE", "where the output goes (stdout)",
                           [](const Value& v, Settings& s) { s.output_path = to_path(v); }};
constexpr Option store = {
    "store", OptionKind::text, "URL", "where large results go (none: into the output)",
    [](const Value& v, Settings& s) { s.store = parse_store_url(v.as_string()); }};

constexpr Option run_table[] = {
    {"max-connections", OptionKind::integer, "N", "requests in flight at a time (256)",
     [](const Value& v, Settings& s) { s.configuration.set_max_connections(to_int(v)); }},
    {"request-timeout", OptionKind::seconds, "S", "from the start of a request to its outcome (60)",
     [](const Value& v, Settings& s) { s.configuration.set_request_timeout(to_duration(v)); }},
    {"connection-timeout", OptionKind::seconds, "S", "to establish a connection (the request's)",
     [](const Value& v, Settings& s) { s.configuration.set_connection_timeout(to_duration(v)); }},
    {"shutdown-timeout", OptionKind::seconds, "S", "for requests in flight after a signal (23)",
     [](const Value& v, Settings& s) { s.configuration.set_shutdown_timeout(to_duration(v)); }},
    {"max-response-size", OptionKind::integer, "BYTES", "of a response body, decoded (1048576)",
     [](const Value& v, Settings& s) { s.configuration.set_max_response_size(to_size(v)); }},
    {"max-redirects", OptionKind::integer, "N", "redirects that are followed (5)",
     [](const Value& v, Settings& s) { s.configuration.set_max_redirects(to_int(v)); }},
    {"retries", OptionKind::integer, "N", "attempts after the first (3)",
     [](const Value& v, Settings& s) { s.configuration.set_retries(to_int(v)); }},
    {"user-agent", OptionKind::text, "S", "of requests that have none (AsyncHttpPool)",
     [](const Value& v, Settings& s) { s.configuration.set_user_agent(to_text(v)); }},
    {"proxy-url", OptionKind::text, "URL", "proxy for all requests (none)",
     [](const Value& v, Settings& s) { s.configuration.set_proxy_url(v.as_string()); }},
    {"raise-error-responses", OptionKind::flag, "", "responses other than 2xx are errors",
     [](const Value& v, Settings& s) { s.configuration.set_raise_error_responses(v.as_bool()); }},
    agents,
    cacert,
    output,
    {"requeue", OptionKind::text, "FILE", "where requests without an outcome go",
     [](const Value& v, Settings& s) { s.requeue_path = to_path(v); }},
    store,
    {"threshold", OptionKind::integer, "BYTES",
     "of JSON that a result may have in the output, at least 1 (65536)",
     [](const Value& v, Settings& s) {
       s.configuration.set_payload_store_threshold(to_size(v));
       s.has_threshold = true;
     }},
    config,
    {"progress", OptionKind::text, "WHEN", "auto (on a terminal), always or never",
     [](const Value& v, Settings& s) { s.progress = to_progress_mode(v); }},
    {"quiet", OptionKind::flag, "", "no progress and no summary",
     [](const Value& v, Settings& s) { s.is_quiet = v.as_bool(); }},
    help,
};

constexpr Option fetch_table[] = {
    {"store", OptionKind::text, "URL", "the only store to fetch from (each reference's own)",
     store.apply},
    {"remove", OptionKind::flag, "", "remove each payload once it was written",
     [](const Value& v, Settings& s) { s.removes = v.as_bool(); }},
    output,
    help,
};

constexpr Option bench_table[] = {
    cacert,
    agents,
    config,
    {"plain-malloc", OptionKind::flag, "",
     "without what README.md, \"Memory\", advises programs to do",
     [](const Value& v, Settings& s) { s.leaves_memory_alone = v.as_bool(); }},
    help,
};

}  // namespace

OptionTable run_options() noexcept { return run_table; }

OptionTable fetch_options() noexcept { return fetch_table; }

OptionTable bench_options() noexcept { return bench_table; }

}  // namespace ahp_tool
