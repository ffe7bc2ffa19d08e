#include "base/deflate.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <stdexcept>

#include <zlib.h>

namespace async_http_pool {
namespace {

/// A z_stream that is ended whatever happens.
class Deflater {
 public:
  Deflater() {
    if (const int code = deflateInit(&stream_, Z_DEFAULT_COMPRESSION); code != Z_OK) {
      fail(code);
    }
  }
  ~Deflater() {
    deflateEnd(&stream_);
  }  // its one complaint is data left behind, when we are thrown out
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string run(std::string_view bytes);

 private:
  [[noreturn]] static void fail(int code) {
    if (code == Z_MEM_ERROR) {
      throw std::bad_alloc();
    }
    throw std::logic_error(std::string("zlib: ") + zError(code));
  }

  z_stream stream_{};
};

std::string Deflater::run(std::string_view bytes) {
  constexpr std::size_t part_max = std::numeric_limits<uInt>::max();
  constexpr std::size_t first_room = 4096;
  std::string out(std::min<std::size_t>(bytes.size() / 2 + first_room, part_max), '\0');
  std::size_t written = 0;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (written == out.size()) {
      out.resize(out.size() * 2);
    }
    const std::size_t input = std::min(bytes.size(), part_max);
    const std::size_t room = std::min(out.size() - written, part_max);
    // zlib never writes to its input; before 1.2.5.2 and without ZLIB_CONST the member is not
    // const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(input);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream_.avail_out = static_cast<uInt>(room);
    code = deflate(&stream_, input == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) {
      fail(code);
    }
    bytes.remove_prefix(input - stream_.avail_in);
    written += room - stream_.avail_out;
  }
  out.resize(written);
  return out;
}

}  // namespace

std::string deflate_bytes(std::string_view bytes) { return Deflater().run(bytes); }

}  // namespace async_http_pool
