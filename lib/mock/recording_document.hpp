#pragma once

#include <async_http_pool/headers.hpp>
#include <async_http_pool/request.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// A request, and what a server answered.
struct RecordedExchange {
  Request request;
  int status = 0;
  Headers headers = {};
  std::string body = {};
  Headers trailers = {};
};

using RecordedExchanges = std::vector<std::shared_ptr<const RecordedExchange>>;

/// `{"format":"async-http-pool recording","version":1,"exchanges":[{"request":{"http_method":...,
/// "url":...,"headers":{...},"body":...},"response":{"status":...,"headers":{...},"body":{...},
/// "trailers":{...}}},...]}`, each exchange on a line of its own, for those who compare files.
/// Fields of one name are an array. The
/// bodies have the forms that they have in `Request::to_json` and `Response::to_json`.
[[nodiscard]] std::string write_recording(const RecordedExchanges& exchanges);
/// Throws `ParseError`, also for another format or a version that is not known.
[[nodiscard]] RecordedExchanges read_recording(std::string_view text);

/// Requests that are the same to a recording have the same: method, URL and body. Of files the
/// names count, and of what a `BodySource` supplies nothing.
[[nodiscard]] std::string identity_of(const Request& request);

}  // namespace async_http_pool
