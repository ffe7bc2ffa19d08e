#pragma once

#include <string>
#include <string_view>

namespace async_http_pool {

/// Appends `text` as application/x-www-form-urlencoded does: a space becomes `+`, letters, digits
/// and
/// `*-._` stay, every other byte is percent-encoded.
void append_form_encoded(std::string& out, std::string_view text);

}  // namespace async_http_pool
