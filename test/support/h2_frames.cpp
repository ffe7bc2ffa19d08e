#include "support/h2_frames.hpp"

namespace async_http_pool::test {

namespace {

/// RFC 7541, section 5.1, with a prefix of 7 bits that is otherwise 0.
void append_string(std::string& block, std::string_view text) {
  constexpr std::size_t prefix_max = 127;
  std::size_t size = text.size();
  if (size < prefix_max) {
    block += static_cast<char>(size);
  } else {
    block += static_cast<char>(prefix_max);
    for (size -= prefix_max; size >= 128; size /= 128) block += static_cast<char>(size % 128 + 128);
    block += static_cast<char>(size);
  }
  block += text;
}

unsigned byte_of(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

}  // namespace

std::string encode(const H2Frame& frame) {
  const std::string size = encode_number(static_cast<std::uint32_t>(frame.payload.size()));
  std::string bytes = size.substr(1);
  bytes += static_cast<char>(frame.type);
  bytes += static_cast<char>(frame.flags);
  return bytes + encode_number(frame.stream) + frame.payload;
}

std::size_t payload_bytes(std::string_view frame_head) {
  return byte_of(frame_head, 0) << 16U | byte_of(frame_head, 1) << 8U | byte_of(frame_head, 2);
}

H2Frame decode_head(std::string_view frame_head) {
  constexpr std::uint32_t reserved_bit = 1U << 31U;
  return {.type = static_cast<H2Type>(byte_of(frame_head, 3)),
          .flags = static_cast<std::uint8_t>(byte_of(frame_head, 4)),
          .stream = decode_number(frame_head.substr(5, 4)) & ~reserved_bit};
}

std::string encode_number(std::uint32_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift & 255U);
  return bytes;
}

std::uint32_t decode_number(std::string_view four_bytes) {
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < 4; ++index) value = value << 8U | byte_of(four_bytes, index);
  return value;
}

std::string encode(const H2Fields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\0';
    append_string(block, name);
    append_string(block, value);
  }
  return block;
}

}  // namespace async_http_pool::test
