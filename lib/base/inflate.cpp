#include "base/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <stdexcept>

namespace async_http_pool {
namespace {

constexpr std::size_t step_bytes_min = std::size_t{16} << 10;
constexpr std::size_t step_bytes_max = std::size_t{1} << 30;  // zlib counts in 32 bits

/// Owns zlib's state of one stream.
class Inflater {
 public:
  explicit Inflater(std::string_view input) {
    if (input.size() > std::numeric_limits<uInt>::max())
      throw std::invalid_argument("deflated data is too long");
    stream_.next_in = reinterpret_cast<z_const Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    constexpr int zlib_or_gzip = 15 + 32;
    if (inflateInit2(&stream_, zlib_or_gzip) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends at most `bytes_max` to `out`. True at the end of the stream.
  bool read(std::string& out, std::size_t bytes_max) {
    const std::size_t old = out.size();
    out.resize(old + bytes_max);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + old);
    stream_.avail_out = static_cast<uInt>(bytes_max);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    // Z_BUF_ERROR: the input is used up, but the stream is not over.
    if (code != Z_OK && code != Z_STREAM_END) throw std::invalid_argument("invalid deflated data");
    return code == Z_STREAM_END;
  }

  [[nodiscard]] bool is_used_up() const noexcept { return stream_.avail_in == 0; }

 private:
  z_stream stream_{};
};

}  // namespace

std::string inflate_bytes(std::string_view stream, std::size_t bytes_max) {
  Inflater inflater(stream);
  std::string out;
  for (;;) {
    // One byte beyond the bound shows whether there is more.
    const std::size_t room = std::min(bytes_max - out.size(), step_bytes_max) + 1;
    const bool is_over = inflater.read(out, std::min(room, std::max(step_bytes_min, out.size())));
    if (out.size() > bytes_max) throw std::invalid_argument("deflated data is too long");
    if (is_over) break;
  }
  if (!inflater.is_used_up()) throw std::invalid_argument("invalid deflated data");
  return out;
}

}  // namespace async_http_pool
