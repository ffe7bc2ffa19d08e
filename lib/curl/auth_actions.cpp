#include "curl/auth_actions.hpp"

#include "curl/unusable_option.hpp"

namespace async_http_pool {

long auth_mask(const Credentials& credentials, int curl_features) {
  if (!credentials.bearer_token.empty()) return static_cast<long>(CURLAUTH_BEARER);
  unsigned long mask = CURLAUTH_NONE;
  for (const std::string& scheme : credentials.schemes) {
    if (scheme == "basic") mask |= CURLAUTH_BASIC;
    if (scheme == "digest") mask |= CURLAUTH_DIGEST;
    if (scheme != "negotiate") continue;
    if ((curl_features & CURL_VERSION_SPNEGO) == 0) {
      throw UnusableOption(ErrorType::unknown, ErrorCode::unsupported_option,
                           "the libcurl that is loaded has no negotiate");
    }
    mask |= CURLAUTH_NEGOTIATE;
  }
  return static_cast<long>(mask);
}

void tell_credentials(const OptionContext& context, const Credentials& credentials) {
  EasyHandle& easy = context.easy;
  const long mask = auth_mask(credentials, curl_version_info(CURLVERSION_NOW)->features);
  easy.set<CURLOPT_HTTPAUTH>(mask);
  if (!credentials.bearer_token.empty()) {
    easy.set<CURLOPT_XOAUTH2_BEARER>(credentials.bearer_token.c_str());
    return;
  }
  easy.set<CURLOPT_USERNAME>(credentials.username.c_str());
  easy.set<CURLOPT_PASSWORD>(credentials.password.c_str());
  // It authenticates the connection, not the request.
  if ((static_cast<unsigned long>(mask) & CURLAUTH_NEGOTIATE) != 0) keep_connection_apart(context);
}

}  // namespace async_http_pool
