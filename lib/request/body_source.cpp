#include <async_http_pool/body_source.hpp>

#include <stdexcept>
#include <utility>

namespace async_http_pool {
namespace {

/// A body that functions of the application's supply.
class FunctionSource final : public BodySource {
 public:
  FunctionSource(std::function<std::size_t(std::span<char>)> read, BodySourceOptions options)
      : read_(std::move(read)), options_(std::move(options)) {}

  std::optional<std::size_t> read(std::span<char> buffer) override { return read_(buffer); }
  std::optional<std::uint64_t> size() const override { return options_.size; }
  bool rewind() override { return options_.rewind != nullptr && options_.rewind(); }

 private:
  std::function<std::size_t(std::span<char>)> read_;
  BodySourceOptions options_;
};

}  // namespace

BodySource::~BodySource() = default;

std::optional<std::uint64_t> BodySource::size() const { return std::nullopt; }
bool BodySource::rewind() { return false; }
// NOLINTNEXTLINE(performance-unnecessary-value-param): those that override it keep it.
void BodySource::set_notify(std::function<void()> /*notify*/) {}
void BodySource::close() noexcept {}

std::shared_ptr<BodySource> make_body_source(
    std::function<std::size_t(std::span<char> buffer)> read, BodySourceOptions options) {
  if (read == nullptr) throw std::invalid_argument("function that reads a body is null");
  return std::make_shared<FunctionSource>(std::move(read), std::move(options));
}

}  // namespace async_http_pool
