#include "config/no_proxy.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "http/ascii.hpp"
#include "http/ip_address.hpp"
#include "http/url_grammar.hpp"

namespace async_http_pool {
namespace {

std::string_view without_brackets(std::string_view text) noexcept {
  const bool is_bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  return is_bracketed ? text.substr(1, text.size() - 2) : text;
}

/// Without the dot of the root, which names the same host.
std::string_view without_root(std::string_view name) noexcept {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return name;
}

/// What is left of ".name" and "name.".
std::string_view bare_name(std::string_view entry) noexcept {
  if (entry.size() > 1 && entry.front() == '.') entry.remove_prefix(1);
  return without_root(entry);
}

bool is_within(std::string_view host, std::string_view domain) noexcept {
  if (host.size() < domain.size()) return false;
  const std::size_t begin = host.size() - domain.size();
  const bool is_label = begin == 0 || host[begin - 1] == '.';
  return is_label && equals_ignoring_case(host.substr(begin), domain);
}

}  // namespace

bool is_no_proxy_entry(std::string_view entry) noexcept {
  if (entry == "*" || parse_address_range(without_brackets(entry))) return true;
  const std::string_view name = bare_name(entry);
  return is_host(name) && name.front() != '.' && std::ranges::all_of(name, [](char c) {
           return is_unreserved(c);  // no list in one text, nor the * of a pattern
         });
}

bool is_exempt_from_proxy(std::string_view host, const TextList& entries) noexcept {
  const std::optional<IpAddress> address = parse_ip_address(without_brackets(host));
  return std::ranges::any_of(entries, [&](std::string_view entry) {
    if (entry == "*") return true;
    if (!address) return is_within(without_root(host), bare_name(entry));
    const std::optional<AddressRange> range = parse_address_range(without_brackets(entry));
    return range && range->contains(*address);
  });
}

}  // namespace async_http_pool
