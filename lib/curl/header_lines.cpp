#include "curl/header_lines.hpp"

#include <algorithm>
#include <cstring>

#include "http/ascii.hpp"

namespace async_http_pool {

HeaderLines::HeaderLines(std::size_t line_count, std::size_t bytes) {
  nodes_.reserve(line_count);
  text_.reserve(bytes);
}

void HeaderLines::begin_line(std::string_view name) {
  nodes_.push_back({.data = nullptr, .next = nullptr});
  if (!is_title_case_) {
    text_.append(name);
    return;
  }
  bool begins_word = true;
  for (const char c : name) {
    text_.push_back(begins_word ? to_upper(c) : c);
    begins_word = c == '-';
  }
}

void HeaderLines::add(std::string_view name, std::string_view value) {
  begin_line(name);
  if (value.empty()) {
    text_.push_back(';');
  } else {
    text_.append(": ").append(value);
  }
  text_.push_back('\0');
}

void HeaderLines::suppress(std::string_view name) {
  begin_line(name);
  text_.push_back(':');
  text_.push_back('\0');
}

curl_slist* HeaderLines::list() {
  char* line = text_.data();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].data = line;
    nodes_[i].next = i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr;
    line += std::strlen(line) + 1;
  }
  return nodes_.empty() ? nullptr : nodes_.data();
}

void HeaderLines::withdraw(std::string_view name) noexcept {
  for (const curl_slist& node : nodes_) {
    char* const value = std::strchr(node.data, ':');
    if (value == nullptr || !equals_ignoring_case({node.data, value}, name)) continue;
    std::fill(value + 1, value + std::strlen(value), ' ');  // blanks count as none
  }
}

void HeaderLines::clear() noexcept {
  text_.clear();
  nodes_.clear();
}

}  // namespace async_http_pool
