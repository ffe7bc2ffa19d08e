#include <cstddef>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "stores/payload_store_check_rules.hpp"

namespace async_http_pool {
namespace {

using Context = PayloadStoreCheckContext;

std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

/// Without any pattern that a codec could make something of (xorshift, as Marsaglia gives it).
std::string noise(std::size_t size) {
  std::string bytes;
  bytes.reserve(size);
  std::uint64_t state = 0x9E3779B97F4A7C15U;
  while (bytes.size() < size) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    bytes += static_cast<char>(state & 0xFFU);
  }
  return bytes;
}

void check_round_trip(Context& context, std::string_view payload, std::string_view what) {
  const std::string key = context.put(context.make_key(), payload);
  context.expect_payload(key, payload, what);
}

void payloads_come_back(Context& context) {
  struct Row {
    std::string_view what;
    std::string payload;
  };
  const std::string nul(1, '\0');
  const Row rows[] = {
      {"an empty payload", ""},
      {"one byte", "x"},
      {"JSON", R"({"status":200,"body":{"value":"{\"a\":1}"},"url":"https://a.example/?q=1"})"},
      {"JSON with text beyond ASCII", "{\"name\":\"\xC3\xA9t\xC3\xA9 \xF0\x9F\x8E\x89\"}"},
      {"a NUL", nul},
      {"NULs around text", nul + "text" + nul + nul + "text" + nul},
      {"all bytes", all_bytes()},
      {"all bytes many times",
       [] {
         std::string bytes;
         for (int i = 0; i < 300; ++i) bytes += all_bytes();
         return bytes;
       }()},
      {"line ends of all kinds", "a\r\nb\nc\rd\n\r\n"},
      {"nothing but spaces", " \t \n "},
      {"what looks like a command", "\r\nDEL *\r\n$-1\r\n%00%s%n../\\"},
      {"bytes that are not UTF-8", "\xFF\xFE\xC0\x80\xED\xA0\x80"},
      {"64 KiB of zeros", std::string(std::size_t{64} << 10, '\0')},
      {"1 MiB of noise", noise(std::size_t{1} << 20)},
  };
  for (const Row& row : rows) check_round_trip(context, row.payload, row.what);
}

/// Where buffers usually end.
void sizes_around_powers_of_two_come_back(Context& context) {
  for (const std::size_t size : {512U, 1024U, 4096U, 8192U, 16384U, 65536U, 131072U}) {
    const std::string payload = noise(size + 1);
    for (const std::size_t bytes : {size - 1, size + 0, size + 1}) {
      check_round_trip(context, std::string_view(payload).substr(0, bytes),
                       fmt::format("{} bytes of noise", bytes));
    }
  }
}

void large_payload_comes_back(Context& context) {
  const std::string payload = noise(context.options().large_payload_bytes);
  check_round_trip(context, payload, "a large payload");
}

void last_payload_wins(Context& context) {
  const std::string key = context.make_key();
  for (const std::string_view payload :
       {"first", "a longer second one", "third", "", "fifth", "fifth"}) {
    const std::string stored = context.put(key, payload);
    context.expect_payload(stored, payload, "after storing over another one");
  }
  const std::string large = noise(std::size_t{300} << 10);
  context.expect_payload(context.put(key, large), large, "300 KiB over a short one");
  context.expect_payload(context.put(key, "short"), "short", "a short one over 300 KiB");
}

void store_copies_what_it_is_given(Context& context) {
  std::string key = context.make_key();
  std::string payload(1000, 'a');
  const std::string stored = context.put(key, payload);
  payload.assign(payload.size(), 'b');
  key.assign(key.size(), 'k');
  context.expect_payload(stored, std::string(1000, 'a'),
                         "after the caller's buffer was used for something else");
}

void fetching_leaves_it_there(Context& context) {
  const std::string key = context.put(context.make_key(), "payload");
  for (int i = 0; i < 3; ++i) context.expect_payload(key, "payload", "fetched again and again");
}

constexpr PayloadStoreRule rules[] = {
    {"a payload comes back byte for byte", payloads_come_back},
    {"payloads of all sizes come back", sizes_around_powers_of_two_come_back},
    {"a large payload comes back", large_payload_comes_back},
    {"the last of several payloads wins", last_payload_wins},
    {"a store copies what it is given", store_copies_what_it_is_given},
    {"a payload that was fetched is still there", fetching_leaves_it_there},
};

}  // namespace

std::span<const PayloadStoreRule> content_rules() noexcept { return rules; }

}  // namespace async_http_pool
