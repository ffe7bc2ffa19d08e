#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

namespace async_http_pool {

/// The list of header lines for CURLOPT_HTTPHEADER. Built by hand, and without an allocation when
/// it is short, instead of two a line by curl_slist_append; libcurl only reads it. It must outlive
/// the transfer and not move.
class HeaderLines {
 public:
  /// Room for `line_count` lines of `bytes` in all: hints, more is possible.
  HeaderLines(std::size_t line_count, std::size_t bytes);
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;

  /// From now on the first letter of each word of a name is sent in upper case: "Content-Type".
  void use_title_case() noexcept { is_title_case_ = true; }

  /// "name: value", or "name;" for an empty value, which is libcurl's way to send one. Both must be
  /// checked.
  void add(std::string_view name, std::string_view value);
  /// "name:", which keeps libcurl from sending a header of its own.
  void suppress(std::string_view name);

  /// The finished list, null when empty. No more lines may be added before `clear`.
  [[nodiscard]] curl_slist* list();

  /// Turns a line of the list into a suppressed one, for the case that libcurl sends the list
  /// again.
  void withdraw(std::string_view name) noexcept;

  /// Back to an empty list, for another handle.
  void clear() noexcept;

 private:
  void begin_line(std::string_view name);

  std::array<std::byte, 512> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size(),
                                              std::pmr::new_delete_resource()};
  std::pmr::string text_{&memory_};  // the lines one after the other, each with its NUL
  bool is_title_case_ = false;
  // `data` is set by list(): text_ may still move before that
  std::pmr::vector<curl_slist> nodes_{&memory_};
};

}  // namespace async_http_pool
