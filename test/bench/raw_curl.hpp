#pragma once

#include <curl/curl.h>

namespace raw {

/// Throw `std::runtime_error` for what libcurl refuses.
void check(CURLcode code);
void check(CURLMcode code);

/// The header fields that the library sends with each request, so that a bare loop puts the same
/// bytes on the wire. The caller's, to be freed.
[[nodiscard]] curl_slist* library_headers();

}  // namespace raw
