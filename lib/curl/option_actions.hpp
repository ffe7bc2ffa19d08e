#pragma once

#include <string>

#include <async_http_pool/option_types.hpp>
#include "config/effective_options.hpp"
#include "curl/easy_handle.hpp"

namespace async_http_pool {

/// What an action gets to see besides its option's value.
struct OptionContext {
  EasyHandle& easy;  ///< new or reset
  const EffectiveOptions& options;
  bool is_https = false;
};

// The actions of `AHP_REQUEST_OPTIONS`: each tells libcurl of one option. Throw `CurlError`.

template <typename T>
void tell_nobody(const OptionContext& /*context*/, const T& /*value*/) noexcept {}
void tell_connect_timeout(const OptionContext& context, Milliseconds value);
void tell_proxy(const OptionContext& context, const std::string& url);
void tell_ca_file(const OptionContext& context, const std::string& path);

/// Tells libcurl of all options. Throws `CurlError`.
void tell_libcurl(const OptionContext& context);

}  // namespace async_http_pool
