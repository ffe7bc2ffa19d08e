#include "base/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <new>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "base/charset_table.hpp"
#include "base/printable.hpp"
#include "base/utf8.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

/// Owns an iconv descriptor.
class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {
    if (handle_ != failed()) return;
    if (errno == ENOMEM) throw std::bad_alloc();
    throw std::invalid_argument(fmt::format("charset is not known to this system: {}", from));
  }
  ~Converter() { iconv_close(handle_); }  // fails for a bad descriptor only
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  std::string run(std::string_view bytes, std::string_view charset);

 private:
  // The value that iconv_open fails with. NOLINTNEXTLINE(performance-no-int-to-ptr)
  static iconv_t failed() noexcept { return reinterpret_cast<iconv_t>(-1); }
  iconv_t handle_;
};

/// No charset makes more of a character: from an escape sequence each way in ISO-2022-JP.
constexpr std::size_t growth_max = 8;
constexpr std::size_t growth_room = 64;

std::string Converter::run(std::string_view bytes, std::string_view charset) {
  const std::size_t bytes_max = bytes.size() * growth_max + growth_room;
  std::string out(bytes.size() + bytes.size() / 2 + growth_room, '\0');
  char* input = const_cast<char*>(bytes.data());  // POSIX forgot the const
  std::size_t input_left = bytes.size();
  std::size_t written = 0;
  bool is_flushed = false;
  while (!is_flushed) {
    char* output = out.data() + written;
    std::size_t room = out.size() - written;
    // At the end once more without input, for the bytes that end a shift state.
    const bool is_last = input_left == 0;
    const std::size_t result =
        iconv(handle_, is_last ? nullptr : &input, is_last ? nullptr : &input_left, &output, &room);
    const int error = result == static_cast<std::size_t>(-1) ? errno : 0;
    written = out.size() - room;
    if (error == E2BIG && out.size() < bytes_max) {
      out.resize(std::min(bytes_max, out.size() * 2));
    } else if (error != 0) {
      throw std::invalid_argument(
          fmt::format("not {} at byte {}", charset, bytes.size() - input_left));
    } else {
      is_flushed = is_last;
    }
  }
  out.resize(written);
  return out;
}

const Charset& checked(std::string_view charset) {
  if (const Charset* known = find_charset(charset)) return *known;
  throw std::invalid_argument("charset is not known, got: " + quoted(charset));
}

/// Which of the two byte orders `bytes` have, and where they begin.
struct ByteOrder {
  const char* name;
  std::size_t mark_bytes;
};

ByteOrder byte_order_of(std::string_view bytes, std::string_view name) noexcept {
  if (name == "UTF-16") {
    if (bytes.starts_with("\xFE\xFF")) return {"UTF-16BE", 2};
    return {"UTF-16LE", bytes.starts_with("\xFF\xFE") ? 2U : 0U};
  }
  if (bytes.starts_with(std::string_view("\0\0\xFE\xFF", 4))) return {"UTF-32BE", 4};
  return {"UTF-32LE", bytes.starts_with(std::string_view("\xFF\xFE\0\0", 4)) ? 4U : 0U};
}

/// `text` as the charset that iconv calls `name`; none when it has a character that this lacks.
std::optional<std::string> converted(const char* name, std::string_view text) {
  try {
    return Converter(name, "UTF-8").run(text, "UTF-8");
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

bool has_two_orders(std::string_view name) noexcept { return name == "UTF-16" || name == "UTF-32"; }

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  const std::string_view name = checked(charset).name;
  std::string text;
  if (name == "UTF-8" && is_utf8(bytes)) {
    text = bytes;
  } else if (has_two_orders(name)) {
    const ByteOrder order = byte_order_of(bytes, name);
    return Converter("UTF-8", order.name).run(bytes.substr(order.mark_bytes), order.name);
  } else {
    text = Converter("UTF-8", name.data()).run(bytes, name);
  }
  // Only Unicode charsets have the character at all, but for GB18030, where it is as good as one.
  if (text.starts_with(utf8_mark)) text.erase(0, utf8_mark.size());
  return text;
}

std::string from_utf8(std::string_view text, std::string_view charset) {
  const Charset& known = checked(charset);
  const std::string_view name = known.name;
  if (known.standard_name != nullptr) {
    if (auto bytes = converted(known.standard_name, text)) return *std::move(bytes);
  }
  if (name == "UTF-16")
    return std::string("\xFF\xFE").append(Converter("UTF-16LE", "UTF-8").run(text, "UTF-8"));
  if (name == "UTF-32")
    return std::string("\xFF\xFE\0\0", 4).append(Converter("UTF-32LE", "UTF-8").run(text, "UTF-8"));
  return Converter(name.data(), "UTF-8").run(text, "UTF-8");
}

}  // namespace async_http_pool
