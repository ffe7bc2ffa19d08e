#include "config/credentials.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/url.hpp"

namespace async_http_pool {
namespace {

bool is_filled(const std::optional<std::string>& text) noexcept {
  return text.has_value() && !text->empty();
}

bool sets_any(const RequestConfig& config) noexcept {
  return config.username().has_value() || config.password().has_value() ||
         config.bearer_token().has_value() || config.auth_origin().has_value();
}

/// Negotiate needs no credentials but those of the process.
bool names_negotiate(const std::optional<TextList>& schemes) {
  return schemes && std::ranges::find(*schemes, "negotiate") != schemes->end();
}

bool is_for(const RequestConfig& source, std::string_view checked_url) {
  return origin_of(*source.auth_origin()) == origin_of(checked_url);
}

/// Whose credentials count at `checked_url`; null when nobody's.
const RequestConfig* source_for(const EffectiveOptions& options, std::string_view checked_url) {
  const RequestConfig& own = options.own();
  const RequestConfig& client = options.client();
  const bool is_own = sets_any(own) || names_negotiate(own.auth());
  if (is_own) return !is_filled(own.auth_origin()) || is_for(own, checked_url) ? &own : nullptr;
  return is_filled(client.auth_origin()) && is_for(client, checked_url) ? &client : nullptr;
}

/// Whether the process may prove who it is to whoever `source` is for. A client's word for it
/// counts at the origin that it names only: a request's name and password, which are for another,
/// do not widen it.
bool may_negotiate(const EffectiveOptions& options, const RequestConfig& source) {
  return options.own().auth().has_value() || &source == &options.client();
}

using TextSetter = RequestConfig& (RequestConfig::*)(std::string);

/// Set to nothing, not unset: nothing of the client's takes its place.
void blank(RequestConfig& config, const std::optional<std::string>& option, TextSetter set) {
  if (option) (config.*set)("");
}

void blank_credentials(RequestConfig& config) {
  const bool has_any = sets_any(config) || config.auth().has_value();
  blank(config, config.username(), &RequestConfig::set_username);
  blank(config, config.password(), &RequestConfig::set_password);
  blank(config, config.bearer_token(), &RequestConfig::set_bearer_token);
  if (has_any) config.set_auth({});  // else the client's schemes would be left to go by
}

void blank_client_certificate(RequestConfig& config) {
  blank(config, config.client_cert_file(), &RequestConfig::set_client_cert_file);
  blank(config, config.client_cert_pem(), &RequestConfig::set_client_cert_pem);
  blank(config, config.client_cert_p12(), &RequestConfig::set_client_cert_p12);
  blank(config, config.client_key_file(), &RequestConfig::set_client_key_file);
  blank(config, config.client_key_pem(), &RequestConfig::set_client_key_pem);
  blank(config, config.client_key_password(), &RequestConfig::set_client_key_password);
}

void withdraw_dangers(RequestConfig& config) {
  if (config.danger_accept_invalid_certs()) config.set_danger_accept_invalid_certs(false);
  if (config.danger_accept_invalid_hosts()) config.set_danger_accept_invalid_hosts(false);
}

}  // namespace

std::optional<Credentials> credentials_for(const EffectiveOptions& options,
                                           std::string_view checked_url) {
  const RequestConfig* const source = source_for(options, checked_url);
  if (source == nullptr) return std::nullopt;
  Credentials credentials{.schemes = options.auth(),
                          .username = source->username().value_or(""),
                          .password = source->password().value_or(""),
                          .bearer_token = source->bearer_token().value_or("")};
  if (!credentials.bearer_token.empty()) return credentials;
  const bool has_name = !credentials.username.empty() || !credentials.password.empty();
  const bool negotiates = may_negotiate(options, *source);
  std::erase_if(credentials.schemes, [&](const std::string& scheme) {
    return scheme == "negotiate" ? !negotiates : !has_name;
  });
  return credentials.schemes.empty() ? std::nullopt : std::optional(std::move(credentials));
}

RequestConfig without_unbound_credentials(const RequestConfig& config) {
  RequestConfig kept = config;
  if (!is_filled(config.auth_origin())) blank_credentials(kept);
  blank_client_certificate(kept);
  withdraw_dangers(kept);
  return kept;
}

void check_credentials_of_client(const RequestConfig& config) {
  const bool has_credentials = is_filled(config.username()) || is_filled(config.password()) ||
                               is_filled(config.bearer_token());
  if (has_credentials && !is_filled(config.auth_origin()))
    throw std::invalid_argument("credentials of a client need an auth_origin");
  if (is_filled(config.bearer_token()) &&
      (is_filled(config.username()) || is_filled(config.password())))
    throw std::invalid_argument("cannot provide both bearer_token and username or password");
}

}  // namespace async_http_pool
