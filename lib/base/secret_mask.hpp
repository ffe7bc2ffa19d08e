#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// Takes secrets out of what a server says. Use it before anything is cut from the text: what is
/// left of a secret is not found any more. An immutable value.
class SecretMask {
 public:
  /// Empty ones are no secrets.
  explicit SecretMask(std::vector<std::string> secrets);

  /// `text` with `***` in place of each secret.
  [[nodiscard]] std::string masked(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // the longest first: one may be a part of another
};

}  // namespace async_http_pool
