#pragma once

#include <async_http_pool/export.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// The parts of a multipart/form-data body (RFC 7578), in the order they were added. A value type.
/// Members throw `std::invalid_argument` for a name that is empty, for text that is not UTF-8 or
/// has control characters, and for a content type that is none.
class AHP_EXPORT Multipart {
 public:
  struct Part {
    std::string name;
    std::string file_name;     ///< empty: none is sent
    std::string content_type;  ///< empty: none is sent
    std::string bytes;         ///< what is sent, unless there is a path
    std::string path;          ///< of the file that is sent; empty: none

    friend bool operator==(const Part&, const Part&) = default;
  };

  /// A field of a form, any bytes.
  Multipart& add_field(std::string_view name, std::string_view value);
  /// A file from memory.
  Multipart& add_bytes(std::string_view name, std::string_view bytes, std::string_view file_name,
                       std::string_view content_type = "application/octet-stream");
  /// A file, read when it is sent: it must be a regular file then, and keep its size; else the
  /// request ends in `ErrorCode::request_body`. Without a `file_name` the last part of the path is
  /// sent.
  Multipart& add_file(std::string_view name, std::string_view path, std::string_view file_name = {},
                      std::string_view content_type = "application/octet-stream");

  [[nodiscard]] const std::vector<Part>& parts() const noexcept { return parts_; }
  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

  friend bool operator==(const Multipart&, const Multipart&) = default;

 private:
  std::vector<Part> parts_;
};

}  // namespace async_http_pool
