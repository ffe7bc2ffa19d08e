#pragma once

#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/value.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

struct RequestTemplateOptions {
  /// What relative references are resolved against (RFC 3986, section 5), without its fragment:
  /// with ".../v1/", "users" is ".../v1/users" and "/users" is at the root; with ".../v1" both are.
  /// Empty: every request needs a whole URL.
  std::string base_url = {};
  Headers headers = {};
  /// An object, as for `RequestBuilder::params`.
  Value params = Value::object();
  /// None: as the configuration says.
  std::optional<std::chrono::milliseconds> timeout = std::chrono::seconds(30);
};

/// What the requests to one API have in common. An immutable value; copies are cheap, on any
/// thread.
///
///     const RequestTemplate api({.base_url = "https://api.example.com/v1/",
///                                .headers = {{"authorization", key}}});
///     const Request request = api.post("users").json(Value::object({{"name", "John"}})).build();
///
/// What a request sets itself wins: its headers over those of the template (names are
/// case-insensitive), its timeout, and its parameters over all of the same name, whose place they
/// take; an empty array takes a parameter away. The query of a URL is left alone: parameters go
/// behind it.
class AHP_EXPORT RequestTemplate {
 public:
  /// Throws `std::invalid_argument` when a part would be refused by `RequestBuilder`, or
  /// `base_url` is no whole URL.
  explicit RequestTemplate(RequestTemplateOptions options);

  // Each takes a reference (RFC 3986, section 4.1) or a whole URL, and throws
  // `std::invalid_argument` when it has a character that no URL may have or a broken percent
  // escape, or leads to no http or https URL. A relative reference whose first segment has a colon
  // begins with "./" ("./12:30"): "a:b" would be of a scheme called "a" (section 4.2).
  [[nodiscard]] RequestBuilder get(std::string_view uri) const;
  [[nodiscard]] RequestBuilder head(std::string_view uri) const;
  [[nodiscard]] RequestBuilder post(std::string_view uri) const;
  [[nodiscard]] RequestBuilder put(std::string_view uri) const;
  [[nodiscard]] RequestBuilder patch(std::string_view uri) const;
  [[nodiscard]] RequestBuilder delete_(std::string_view uri) const;
  [[nodiscard]] RequestBuilder options(std::string_view uri) const;
  /// Of any method, see `Request::builder`.
  [[nodiscard]] RequestBuilder builder(std::string_view method, std::string_view uri) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace async_http_pool
