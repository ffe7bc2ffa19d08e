#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace async_http_pool::test {

/// RFC 9113, section 6.
enum class H2Type : std::uint8_t {
  data,
  headers,
  priority,
  rst_stream,
  settings,
  push_promise,
  ping,
  goaway,
  window_update,
  continuation
};

/// RFC 9113, section 7.
enum class H2Error : std::uint32_t {
  no_error,
  protocol_error,
  internal_error,
  flow_control_error,
  settings_timeout,
  stream_closed,
  frame_size_error,
  refused_stream,
  cancel,
  compression_error,
  connect_error,
  enhance_your_calm,
  inadequate_security,
  http_1_1_required
};

/// Flags of frames.
struct H2Flags {
  static constexpr std::uint8_t none = 0;
  static constexpr std::uint8_t end_stream = 1;
  static constexpr std::uint8_t acknowledgement = 1;
  static constexpr std::uint8_t end_headers = 4;
  static constexpr std::uint8_t padded = 8;
};

struct H2Frame {
  H2Type type;
  std::uint8_t flags = H2Flags::none;
  std::uint32_t stream = 0;
  std::string payload = {};
};

using H2Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t h2_frame_head_bytes = 9;
inline constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr std::uint16_t h2_max_concurrent_streams = 3;  ///< the number of that setting

/// The frame's bytes; its payload may be of any size that 24 bits can tell.
[[nodiscard]] std::string encode(const H2Frame& frame);
/// The size of the payload that belongs to the first bytes of a frame.
[[nodiscard]] std::size_t payload_bytes(std::string_view frame_head);
/// A frame without its payload, from its first bytes.
[[nodiscard]] H2Frame decode_head(std::string_view frame_head);

/// Big-endian numbers.
[[nodiscard]] std::string encode_number(std::uint32_t value);
[[nodiscard]] std::uint32_t decode_number(std::string_view four_bytes);

/// A block of fields as RFC 7541 has it, in its simplest form: literals that no table learns of,
/// without Huffman coding.
[[nodiscard]] std::string encode(const H2Fields& fields);

}  // namespace async_http_pool::test
