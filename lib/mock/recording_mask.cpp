#include "mock/recording_mask.hpp"

#include "http/ascii.hpp"
#include "http/form_encoding.hpp"
#include "http/url.hpp"

#include <async_http_pool/request_config.hpp>

#include <algorithm>
#include <cstddef>

namespace async_http_pool {

namespace {

constexpr std::string_view mask = "***";

bool is_one_of(const std::vector<std::string>& names, std::string_view name) noexcept {
  return std::ranges::find(names, name) != names.end();
}

/// `sid=***; Path=/`: what a jar makes of it goes on as it did.
std::string masked_cookie(std::string_view field) {
  const std::size_t end = std::min(field.find(';'), field.size());
  const std::size_t equals = field.substr(0, end).find('=');
  const std::string_view name = field.substr(0, equals == std::string_view::npos ? 0 : equals + 1);
  return std::string(name).append(mask).append(field.substr(end));
}

/// `url` without the values of those parameters of its query.
std::string without_values(std::string_view url, const std::vector<std::string>& params) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos || params.empty()) return std::string(url);
  const std::size_t query_end = std::min(url.find('#'), url.size());
  std::string out(url.substr(0, std::min(query + 1, query_end)));
  for (std::size_t at = out.size(); at < query_end;) {
    const std::size_t end = std::min(url.find('&', at), query_end);
    const std::string_view param = url.substr(at, end - at);
    const std::size_t equals = param.find('=');
    if (equals != std::string_view::npos && is_one_of(params, param.substr(0, equals))) {
      out.append(param.substr(0, equals + 1)).append(mask);
    } else {
      out.append(param);
    }
    if (end < query_end) out += '&';
    at = end + 1;
  }
  return out.append(url.substr(query_end));
}

}  // namespace

RecordingMask::RecordingMask(const std::vector<std::string>& headers,
                             const std::vector<std::string>& params)
    : headers_(*RequestConfig::defaults().sensitive_headers()), params_(params) {
  headers_.insert(headers_.end(), {"authorization", "proxy-authorization", "cookie", "cookie2"});
  for (const std::string& name : headers) headers_.push_back(to_lower(name));
  for (const std::string& name : params) {
    std::string encoded;
    append_form_encoded(encoded, name);
    params_.push_back(std::move(encoded));
  }
}

std::string RecordingMask::url(std::string_view text) const {
  const std::string url = without_values(text, params_);
  const bool is_relative = !url.starts_with('/') && url.find("://") == std::string::npos;
  if (!is_relative) return redact_url(url);
  // Else a @ in it would be taken for the end of a password.
  return redact_url('/' + url).substr(1);
}

Headers RecordingMask::headers(const Headers& headers) const {
  Headers masked;
  masked.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    if (is_one_of(headers_, name)) {
      masked.add(name, mask);
    } else if (name == "set-cookie") {
      masked.add(name, masked_cookie(value));
    } else if (name == "location" || name == "content-location" || name == "referer") {
      masked.add(name, url(value));
    } else {
      masked.add(name, value);
    }
  }
  return masked;
}

}  // namespace async_http_pool
