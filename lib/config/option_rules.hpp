#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <async_http_pool/option_types.hpp>

namespace async_http_pool {

// The rules of the tables of options: each throws `std::invalid_argument` naming the option and the
// value unless the value is allowed.

template <typename T>
void check_anything(std::string_view /*option*/, const T& /*value*/) noexcept {}

/// At least 1 ms, at most ten years: longer would overflow clocks.
void check_duration(std::string_view option, Milliseconds value);
void check_duration_or_zero(std::string_view option, Milliseconds value);
void check_size(std::string_view option, std::size_t value);
void check_positive(std::string_view option, int value);
void check_not_negative(std::string_view option, int value);
void check_retries(std::string_view option, int value);
void check_max_connections(std::string_view option, int value);
void check_agents(std::string_view option, int value);
void check_lane_size(std::string_view option, int value);
void check_selector(std::string_view option, SelectorKind value);
/// RFC 9110, section 5.5: no control characters but tabs.
void check_field_value(std::string_view option, std::string_view value);
/// Free of NUL.
void check_path(std::string_view option, std::string_view value);
/// Empty, or an http or https URL without a path, query or fragment.
void check_proxy_url(std::string_view option, std::string_view value);

}  // namespace async_http_pool
