#include "http/line_splitter.hpp"

#include <algorithm>

namespace async_http_pool {

std::optional<std::string_view> LineSplitter::next(std::string_view& input, std::size_t bytes_max) {
  if (is_held_complete_) {
    held_.clear();
    is_held_complete_ = false;
  }
  if (is_behind_cr_ && !input.empty()) {
    is_behind_cr_ = false;
    if (input.front() == '\n') input.remove_prefix(1);
  }
  const std::size_t end = ends_ == LineEnds::any ? input.find_first_of("\r\n") : input.find('\n');
  const std::string_view piece = input.substr(0, end);
  // A CR that is held here can only be the first half of an end, or what makes a line too long.
  const std::string_view tail = piece.empty() ? std::string_view(held_) : piece;
  const std::size_t bytes = held_.size() + piece.size() - (tail.ends_with('\r') ? 1 : 0);
  if (is_too_long_ || bytes > bytes_max) {
    is_too_long_ = true;
    held_.clear();
    input = {};
    return std::nullopt;
  }
  if (end == std::string_view::npos) {
    held_.append(piece);
    input = {};
    return std::nullopt;
  }
  is_behind_cr_ = input[end] == '\r';
  input.remove_prefix(end + 1);
  if (held_.empty()) return piece.substr(0, bytes);
  held_.append(piece);
  is_held_complete_ = true;
  return std::string_view(held_).substr(0, bytes);
}

std::optional<std::string_view> LineSplitter::last() {
  if (is_held_complete_ || held_.empty()) return std::nullopt;
  is_held_complete_ = true;
  return held_;
}

}  // namespace async_http_pool
