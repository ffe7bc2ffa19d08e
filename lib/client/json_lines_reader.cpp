#include <async_http_pool/event_stream.hpp>

#include <string_view>
#include <utility>

#include "client/piecewise_reader.hpp"
#include "http/line_splitter.hpp"

namespace async_http_pool {
namespace {

class JsonLines {
 public:
  using Item = Value;
  static constexpr std::string_view name = "line";

  explicit JsonLines(const JsonLinesOptions& options) noexcept : options_(options) {}

  [[nodiscard]] std::optional<Value> next(std::string_view& input) {
    while (const auto line = lines_.next(input, options_.max_line_size)) {
      if (auto value = value_of(*line)) return value;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Value> last() {
    const auto line = lines_.last();
    return line ? value_of(*line) : std::nullopt;
  }
  [[nodiscard]] bool is_too_large() const noexcept { return lines_.is_too_long(); }
  [[nodiscard]] std::size_t bytes_max() const noexcept { return options_.max_line_size; }

 private:
  /// None for a blank line.
  [[nodiscard]] std::optional<Value> value_of(std::string_view line) const {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
    return Value::from_json(line, options_.parse_limits);
  }

  JsonLinesOptions options_;
  LineSplitter lines_{LineEnds::line_feed};
};

}  // namespace

class JsonLinesReader::Impl : public PiecewiseReader<JsonLines> {
  using PiecewiseReader::PiecewiseReader;
};

JsonLinesReader::JsonLinesReader(StreamingResponse response, JsonLinesOptions options)
    : impl_(std::make_unique<Impl>(std::move(response), JsonLines(options))) {}
JsonLinesReader::~JsonLinesReader() = default;
JsonLinesReader::JsonLinesReader(JsonLinesReader&&) noexcept = default;
JsonLinesReader& JsonLinesReader::operator=(JsonLinesReader&&) noexcept = default;

std::optional<Value> JsonLinesReader::next() { return impl_->next(); }
JsonLinesReader::NextAwaiter JsonLinesReader::next_async() noexcept { return NextAwaiter(*impl_); }
StreamingResponse& JsonLinesReader::response() noexcept { return impl_->response(); }

bool JsonLinesReader::NextAwaiter::await_ready() noexcept { return reader_.is_ready(); }
bool JsonLinesReader::NextAwaiter::await_suspend(std::coroutine_handle<> coroutine) noexcept {
  return reader_.suspend(coroutine);
}
std::optional<Value> JsonLinesReader::NextAwaiter::await_resume() { return reader_.take(); }

}  // namespace async_http_pool
