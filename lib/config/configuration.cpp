#include <async_http_pool/configuration.hpp>

#include <string>
#include <utility>

#include "config/credentials.hpp"
#include "config/option_rules.hpp"
#include "http/ascii.hpp"

namespace async_http_pool {

Configuration& Configuration::set_request_config(const RequestConfig& value) {
  RequestConfig merged = value.over(request_config_);
  check_credentials_of_client(merged);
  request_config_ = std::move(merged);
  return *this;
}

Configuration& Configuration::set_client_config(const ClientConfig& value) {
  client_config_ = value;
  return *this;
}

Configuration& Configuration::set_max_connections(int value) {
  check_max_connections("max_connections", value);
  max_connections_ = value;
  return *this;
}

Configuration& Configuration::set_connection_pool_size(int value) {
  client_config_.set_connection_pool_size(value);
  return *this;
}

Configuration& Configuration::set_agents(int value) {
  client_config_.set_agents(value);
  return *this;
}

Configuration& Configuration::set_lane_size(int value) {
  client_config_.set_lane_size(value);
  return *this;
}

Configuration& Configuration::set_request_timeout(Milliseconds value) {
  check_duration("request_timeout", value);
  request_config_.set_timeout(value);
  return *this;
}

Configuration& Configuration::set_connection_timeout(std::optional<Milliseconds> value) {
  if (value.has_value()) check_duration("connection_timeout", *value);
  request_config_.set_connect_timeout(value.value_or(Milliseconds(0)));
  return *this;
}

std::optional<Milliseconds> Configuration::connection_timeout() const noexcept {
  const Milliseconds value = *request_config_.connect_timeout();
  return value == Milliseconds(0) ? std::nullopt : std::optional(value);
}

Configuration& Configuration::set_shutdown_timeout(Milliseconds value) {
  check_duration("shutdown_timeout", value);
  shutdown_timeout_ = value;
  return *this;
}

Configuration& Configuration::set_slow_callback_threshold(Milliseconds value) {
  check_duration("slow_callback_threshold", value);
  slow_callback_threshold_ = value;
  return *this;
}

Configuration& Configuration::set_max_response_size(std::size_t value) {
  request_config_.set_max_response_size(value);
  return *this;
}

Configuration& Configuration::set_max_header_size(std::size_t value) {
  request_config_.set_max_header_size(value);
  return *this;
}

Configuration& Configuration::set_max_header_count(int value) {
  request_config_.set_max_header_count(value);
  return *this;
}

Configuration& Configuration::set_max_redirects(int value) {
  request_config_.set_max_redirects(value);
  return *this;
}

Configuration& Configuration::set_retries(int value) {
  request_config_.set_retries(value);
  return *this;
}

Configuration& Configuration::set_retry_delay(Milliseconds value) {
  request_config_.set_retry_delay(value);
  return *this;
}

Configuration& Configuration::set_raise_error_responses(bool value) {
  request_config_.set_raise_error_responses(value);
  return *this;
}

Configuration& Configuration::set_user_agent(std::string_view value) {
  check_field_value("user_agent", value);
  request_config_.set_user_agent(std::string(trim(value)));
  return *this;
}

Configuration& Configuration::set_proxy_url(std::string_view value) {
  request_config_.set_proxy_url(std::string(value));
  return *this;
}

Configuration& Configuration::set_ca_file(std::string_view value) {
  request_config_.set_ca_file(std::string(value));
  return *this;
}

Configuration& Configuration::set_selector(SelectorKind value) {
  client_config_.set_selector(value);
  return *this;
}

Configuration& Configuration::set_cookie_jar(std::shared_ptr<CookieJar> value) noexcept {
  cookie_jar_ = std::move(value);
  return *this;
}

Configuration& Configuration::set_mock_transport(std::shared_ptr<MockTransport> value) noexcept {
  mock_transport_ = std::move(value);
  return *this;
}

Configuration& Configuration::set_recording(std::shared_ptr<Recording> value) noexcept {
  recording_ = std::move(value);
  return *this;
}

Configuration& Configuration::set_logger(std::shared_ptr<Logger> value) noexcept {
  logger_ = std::move(value);
  return *this;
}

}  // namespace async_http_pool
