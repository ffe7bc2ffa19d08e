#pragma once

#include "curl/option_actions.hpp"

namespace async_http_pool {

/// Tells libcurl of all options of TLS at once, for the server and an https proxy: what one means
/// depends on others. Throws `UnusableOption` when they contradict each other, or cannot be
/// followed on this system; `CurlError`.
///
/// libcurl reads what is given as text when it connects: the configurations must outlive the
/// transfer.
void tell_tls(const OptionContext& context);

}  // namespace async_http_pool
