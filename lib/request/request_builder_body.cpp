// The members of RequestBuilder that give a request its body: one of them.

#include <async_http_pool/request.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "http/method.hpp"
#include "request/body_path.hpp"
#include "request/request_builder_state.hpp"

namespace async_http_pool {

void check_body_path(std::string_view path) {
  if (path.empty()) throw std::invalid_argument("path of a file to send is empty");
  if (path.find('\0') != std::string_view::npos || !is_utf8(path)) {
    throw std::invalid_argument("path of a file to send must be UTF-8 without NUL, got: " +
                                quoted(path));
  }
}

void RequestBuilder::State::begin_body(Body kind) {
  // In the order of the enumeration.
  static constexpr std::array<std::string_view, 7> names = {
      "", "body", "json", "body_file", "form", "multipart", "body_source"};
  const auto name_of = [](Body member) { return names.at(static_cast<std::size_t>(member)); };
  if (!allows_body(request.method)) {
    throw std::invalid_argument(fmt::format("body is not allowed for {} requests", request.method));
  }
  if (body == Body::none || body == kind) return;
  const auto [first, second] = std::minmax(body, kind);
  throw std::invalid_argument(
      fmt::format("cannot provide both {} and {}", name_of(first), name_of(second)));
}

void RequestBuilder::State::set_content_type(Request::State& result) const {
  const bool is_given = result.headers.contains("content-type");
  if (body == Body::multipart && is_given)
    throw std::invalid_argument("content-type of a multipart body is set by the library");
  if (is_given) return;
  // "encoding" instead of "charset" is what the original sends, and JSON has no charset (RFC 8259,
  // 11).
  if (body == Body::json) result.headers.set("content-type", "application/json; encoding=utf-8");
  if (body == Body::form) result.headers.set("content-type", "application/x-www-form-urlencoded");
}

RequestBuilder& RequestBuilder::body(std::string_view bytes) { return body(std::string(bytes)); }

RequestBuilder& RequestBuilder::body(std::string&& bytes) {
  if (bytes.empty()) {
    if (state_->body == State::Body::body) {
      state_->body = State::Body::none;
      state_->request.body.reset();
    }
    return *this;
  }
  state_->begin_body(State::Body::body);
  state_->request.set_body(std::move(bytes));
  state_->body = State::Body::body;
  return *this;
}

RequestBuilder& RequestBuilder::json(const Value& value) {
  state_->begin_body(State::Body::json);
  state_->request.set_body(value.to_json());
  state_->body = State::Body::json;
  return *this;
}

RequestBuilder& RequestBuilder::body_file(std::string_view path) {
  state_->begin_body(State::Body::body_file);
  check_body_path(path);
  state_->request.body_file = path;
  state_->body = State::Body::body_file;
  return *this;
}

RequestBuilder& RequestBuilder::form(const Value& object) {
  state_->begin_body(State::Body::form);
  if (!object.is_object()) throw std::invalid_argument("form must be an object");
  QueryParams members;
  members.add(object);
  std::string text = members.text().value_or("");
  state_->request.body.reset();
  if (!text.empty()) state_->request.set_body(std::move(text));  // as with `body`
  state_->body = State::Body::form;
  return *this;
}

RequestBuilder& RequestBuilder::multipart(const Multipart& parts) {
  state_->begin_body(State::Body::multipart);
  if (parts.empty()) throw std::invalid_argument("multipart body has no parts");
  state_->request.multipart = parts;
  state_->body = State::Body::multipart;
  return *this;
}

RequestBuilder& RequestBuilder::body_source(std::shared_ptr<BodySource> source) {
  state_->begin_body(State::Body::body_source);
  if (source == nullptr) throw std::invalid_argument("body_source is null");
  state_->request.body_source = std::move(source);
  state_->body = State::Body::body_source;
  return *this;
}

}  // namespace async_http_pool
