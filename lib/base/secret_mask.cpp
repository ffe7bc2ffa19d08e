#include "base/secret_mask.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace async_http_pool {
namespace {

std::string replaced(std::string_view text, std::string_view secret) {
  std::string out;
  while (true) {
    const std::size_t at = text.find(secret);
    if (at == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, at)).append("***");
    text.remove_prefix(at + secret.size());
  }
}

}  // namespace

SecretMask::SecretMask(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](const std::string& secret) { return secret.empty(); });
  std::sort(secrets_.begin(), secrets_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string SecretMask::masked(std::string_view text) const {
  std::string out(text);
  for (const std::string& secret : secrets_) out = replaced(out, secret);
  return out;
}

}  // namespace async_http_pool
