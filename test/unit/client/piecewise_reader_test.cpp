#include "client/piecewise_reader.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/task.hpp"

namespace async_http_pool {
namespace {

/// A body of `pieces` pieces of one byte. Each arrives after the reader has found nothing, and
/// before it has said that it waits.
class JustInTimeBody {
 public:
  explicit JustInTimeBody(int pieces) : left_(pieces) {}

  std::size_t read(std::span<char> /*buffer*/) { throw std::logic_error("it would wait"); }
  std::optional<std::size_t> read_for(std::span<char> buffer, std::chrono::milliseconds timeout) {
    if (timeout.count() != 0) throw std::logic_error("it would wait");
    if (!std::exchange(is_there_, false)) return std::nullopt;
    if (left_ == 0) return 0;
    --left_;
    buffer[0] = 'x';
    return 1;
  }
  void when_readable(const std::function<void()>& callback) {
    is_there_ = true;
    callback();
  }

 private:
  int left_;
  bool is_there_ = false;
};

class JustInTimeResponse {
 public:
  explicit JustInTimeResponse(int pieces) : body_(pieces) {}
  [[nodiscard]] JustInTimeBody& body() noexcept { return body_; }

 private:
  JustInTimeBody body_;
};

[[noreturn]] void refuse_large_item(JustInTimeResponse& /*response*/, std::string_view name,
                                    std::size_t /*bytes_max*/) {
  throw std::length_error(std::string(name));
}

/// So many bytes each.
class Groups {
 public:
  using Item = std::string;
  static constexpr std::string_view name = "group";

  explicit Groups(std::size_t bytes) : bytes_(bytes) {}
  [[nodiscard]] std::optional<std::string> next(std::string_view& input) {
    while (!input.empty()) {
      held_ += input.front();
      input.remove_prefix(1);
      if (held_.size() == bytes_) return std::exchange(held_, {});
    }
    return std::nullopt;
  }
  [[nodiscard]] static std::optional<std::string> last() { return std::nullopt; }
  [[nodiscard]] static bool is_too_large() noexcept { return false; }
  [[nodiscard]] std::size_t bytes_max() const noexcept { return bytes_; }

 private:
  std::size_t bytes_;
  std::string held_;
};

using Reader = PiecewiseReader<Groups, JustInTimeResponse>;

struct NextAwaiter {
  Reader& reader;
  [[nodiscard]] bool await_ready() const noexcept { return reader.is_ready(); }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) const noexcept {
    return reader.suspend(coroutine);
  }
  std::optional<std::string> await_resume() const { return reader.take(); }
};

TEST_CASE("pieces that come just before the reader waits do not make the stack grow") {
  const int group_bytes = GENERATE(1, 1000);
  constexpr int pieces = 200'000;
  Reader reader(JustInTimeResponse(pieces), Groups(static_cast<std::size_t>(group_bytes)));
  const int groups = examples::sync_wait([](Reader& from) -> examples::Task<int> {
    int count = 0;
    while (co_await NextAwaiter{from}) ++count;
    co_return count;
  }(reader));
  CHECK(groups == pieces / group_bytes);
}

TEST_CASE("a reader may be destroyed by who did not have to wait for it after all") {
  const int count = examples::sync_wait([]() -> examples::Task<int> {
    auto reader = std::make_unique<Reader>(JustInTimeResponse(1), Groups(1));
    const auto item = co_await NextAwaiter{*reader};
    reader.reset();
    co_return item == "x" ? 1 : 0;
  }());
  CHECK(count == 1);
}

}  // namespace
}  // namespace async_http_pool
