#include <async_http_pool/multipart.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "http/media_type.hpp"
#include "request/body_path.hpp"

namespace async_http_pool {
namespace {

/// What stands in a header line of the part: no control character may end it or be cut off.
void check_text(const char* what, std::string_view text) {
  const bool has_control = std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (has_control || !is_utf8(text)) {
    throw std::invalid_argument(
        std::string(what) +
        " of a part must be UTF-8 without control characters, got: " + quoted(text));
  }
}

void check_part(const Multipart::Part& part) {
  if (part.name.empty()) throw std::invalid_argument("name of a part is empty");
  check_text("name", part.name);
  check_text("file name", part.file_name);
}

void check_content_type(std::string_view content_type) {
  check_text("content type", content_type);
  if (!is_media_type(content_type)) {
    throw std::invalid_argument("content type of a part must be one like text/plain, got: " +
                                quoted(content_type));
  }
}

}  // namespace

Multipart& Multipart::add_field(std::string_view name, std::string_view value) {
  Part part{.name = std::string(name),
            .file_name = {},
            .content_type = {},
            .bytes = std::string(value),
            .path = {}};
  check_part(part);
  parts_.push_back(std::move(part));
  return *this;
}

Multipart& Multipart::add_bytes(std::string_view name, std::string_view bytes,
                                std::string_view file_name, std::string_view content_type) {
  Part part{.name = std::string(name),
            .file_name = std::string(file_name),
            .content_type = std::string(content_type),
            .bytes = std::string(bytes),
            .path = {}};
  check_part(part);
  check_content_type(content_type);
  parts_.push_back(std::move(part));
  return *this;
}

Multipart& Multipart::add_file(std::string_view name, std::string_view path,
                               std::string_view file_name, std::string_view content_type) {
  check_body_path(path);
  if (file_name.empty()) file_name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (file_name.empty())
    throw std::invalid_argument("path of a part must not end in /, got: " + quoted(path));
  Part part{.name = std::string(name),
            .file_name = std::string(file_name),
            .content_type = std::string(content_type),
            .bytes = {},
            .path = std::string(path)};
  check_part(part);
  check_content_type(content_type);
  parts_.push_back(std::move(part));
  return *this;
}

}  // namespace async_http_pool
