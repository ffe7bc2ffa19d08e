#pragma once

#include <async_http_pool/headers.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// Takes out of a recording what no file should hold: credentials in headers and URLs. What is
/// masked once stays as it is. An immutable value.
class RecordingMask {
 public:
  /// Besides what is always masked: the default of `sensitive_headers`, `authorization` and
  /// cookies, and what `redact_url` does.
  RecordingMask(const std::vector<std::string>& headers, const std::vector<std::string>& params);

  /// Of a request, or a reference to one.
  [[nodiscard]] std::string url(std::string_view text) const;
  [[nodiscard]] Headers headers(const Headers& headers) const;

 private:
  std::vector<std::string> headers_;
  std::vector<std::string> params_;
};

}  // namespace async_http_pool
