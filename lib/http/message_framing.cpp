#include "http/message_framing.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace async_http_pool {

namespace {

// Views: they are compared by their sizes first.
constexpr std::string_view transfer_encoding = "transfer-encoding";
constexpr std::string_view content_length = "content-length";

/// Calls `action` with each element of a comma-separated list, empty ones too, while it returns
/// true; returns whether it always did.
template <typename Action>
bool for_each_element(std::string_view list, Action action) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (!action(trim(list.substr(0, comma)))) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

/// A length is nothing but digits: no sign, no fraction, no other base.
std::optional<std::size_t> parse_length(std::string_view text) noexcept {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() ? length : SIZE_MAX;
}

/// `length` holds what came before, and what this one says. Returns the fault.
std::string_view merge_length(std::optional<std::size_t>& length, std::string_view text) noexcept {
  const std::optional<std::size_t> next = parse_length(text);
  if (!next) return "content-length is no number";
  if (length && *length != *next) return "content-lengths differ";
  length = next;
  return {};
}

}  // namespace

MessageFraming framing_of(const Headers& headers) noexcept {
  MessageFraming framing;
  bool is_chunked = false;
  bool has_length = false;
  std::string_view length_fault;
  std::string_view coding_fault;
  const auto add_coding = [&](std::string_view coding) {
    if (coding.empty() || equals_ignoring_case(coding, "identity")) return true;
    const bool is_first_chunked = !is_chunked && equals_ignoring_case(coding, "chunked");
    is_chunked = true;
    return is_first_chunked;
  };
  const auto add_length = [&](std::string_view text) {
    length_fault = merge_length(framing.length, text);
    return length_fault.empty();
  };
  for (const auto& [name, value] : headers) {
    if (name == transfer_encoding) {
      framing.is_coded = true;
      if (!for_each_element(value, add_coding))
        coding_fault = "transfer-encoding is not just chunked";
    } else if (name == content_length) {
      has_length = true;
      if (length_fault.empty()) static_cast<void>(for_each_element(value, add_length));
    }
  }
  framing.is_ambiguous = framing.is_coded && has_length;
  framing.fault = framing.is_coded ? coding_fault : length_fault;
  return framing;
}

}  // namespace async_http_pool
