#include <async_http_pool/logger.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/log.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

/// What the process writes to stderr during its life goes to a file instead.
class CapturedStderr {
 public:
  CapturedStderr() : file_(std::tmpfile()), saved_(dup(STDERR_FILENO)) {
    std::fflush(stderr);
    dup2(fileno(file_), STDERR_FILENO);
  }
  ~CapturedStderr() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    std::fclose(file_);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  [[nodiscard]] std::string text() const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t length = 0; (length = pread(fileno(file_), buffer.data(), buffer.size(),
                                             static_cast<off_t>(text.size()))) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return text;
  }

 private:
  std::FILE* file_;
  int saved_;
};

class RecordingLogger final : public Logger {
 public:
  explicit RecordingLogger(LogLevel level) : level_(level) {}
  [[nodiscard]] LogLevel level() const noexcept override { return level_; }
  void log(LogLevel level, std::string_view message) override {
    lines.emplace_back(level, message);
  }

  std::vector<std::pair<LogLevel, std::string>> lines;

 private:
  LogLevel level_;
};

class ThrowingLogger final : public Logger {
 public:
  [[nodiscard]] LogLevel level() const noexcept override { return LogLevel::debug; }
  void log(LogLevel, std::string_view) override { throw std::runtime_error("no disk"); }
};

struct Unformattable {};

/// `text` with a 0 for every digit.
std::string shape_of(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c >= '0' && c <= '9'; }, '0');
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace
}  // namespace async_http_pool

template <>
struct fmt::formatter<async_http_pool::Unformattable> : fmt::formatter<std::string_view> {
  static auto format(const async_http_pool::Unformattable&, fmt::format_context&)
      -> fmt::format_context::iterator {
    throw std::runtime_error("cannot be formatted");
  }
};

namespace async_http_pool {
namespace {

TEST_CASE("levels have names", "[logger]") {
  REQUIRE(to_string(LogLevel::debug) == "debug");
  REQUIRE(to_string(LogLevel::info) == "info");
  REQUIRE(to_string(LogLevel::warn) == "warn");
  REQUIRE(to_string(LogLevel::error) == "error");
}

TEST_CASE("the stderr logger writes a line with time, name, level and message", "[logger]") {
  std::string text;
  {
    const CapturedStderr captured;
    const auto logger = make_stderr_logger(LogLevel::debug);
    logger->log(LogLevel::warn, "something {} happened");
    text = captured.text();
  }
  CAPTURE(text);
  REQUIRE(shape_of(text) ==
          "0000-00-00T00:00:00.000Z [AsyncHttpPool] warn: something {} happened\n");
}

TEST_CASE("the stderr logger drops what is below its level", "[logger]") {
  const auto level = GENERATE(LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error);
  std::string text;
  {
    const CapturedStderr captured;
    const auto logger = make_stderr_logger(level);
    REQUIRE(logger->level() == level);
    for (const auto each : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
      logger->log(each, "message");
    }
    text = captured.text();
  }
  REQUIRE(lines_of(text).size() == 4 - static_cast<std::size_t>(level));
}

TEST_CASE("the default logger wants errors only", "[logger]") {
  REQUIRE(make_stderr_logger()->level() == LogLevel::error);
}

TEST_CASE("a message cannot forge a second line", "[logger]") {
  std::string text;
  {
    const CapturedStderr captured;
    make_stderr_logger()->log(LogLevel::error,
                              "a\r\n2026-01-01 [AsyncHttpPool] error: forged\x1b[2J");
    text = captured.text();
  }
  REQUIRE(lines_of(text).size() == 1);
  REQUIRE(text.find('\x1b') == std::string::npos);
  REQUIRE(text.find("a\\x0d\\x0a2026") != std::string::npos);
}

TEST_CASE("lines of several threads do not mix", "[logger]") {
  constexpr std::size_t thread_count = 4;
  constexpr std::size_t lines_each = 200;
  std::string text;
  {
    const CapturedStderr captured;
    const auto logger = make_stderr_logger();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < thread_count; ++i) {
      threads.emplace_back([&logger, i] {
        const std::string message(500, static_cast<char>('a' + i));
        for (std::size_t line = 0; line < lines_each; ++line) {
          logger->log(LogLevel::error, message);
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    text = captured.text();
  }
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == thread_count * lines_each);
  for (const std::string& line : lines) {
    REQUIRE(line.size() > 500);
    REQUIRE(line.substr(line.size() - 500) == std::string(500, line.back()));
  }
}

TEST_CASE("log_message formats what its logger wants", "[logger]") {
  const auto logger = std::make_shared<RecordingLogger>(LogLevel::info);
  log_message(logger, LogLevel::debug, "dropped {}", 1);
  log_message(logger, LogLevel::info, "kept {}", 2);
  log_message(logger.get(), LogLevel::error, "one\nline");
  REQUIRE(logger->lines == std::vector<std::pair<LogLevel, std::string>>{
                               {LogLevel::info, "kept 2"}, {LogLevel::error, "one\\x0aline"}});
}

TEST_CASE("log_message formats nothing that is not wanted", "[logger]") {
  const auto logger = std::make_shared<RecordingLogger>(LogLevel::error);
  log_message(logger, LogLevel::warn, "{}", Unformattable());
  REQUIRE(logger->lines.empty());
}

TEST_CASE("log_message survives every failure", "[logger]") {
  log_message(nullptr, LogLevel::error, "nobody listens: {}", 1);
  log_message(std::shared_ptr<Logger>(), LogLevel::error, "nobody listens: {}", 1);
  log_message(std::make_shared<ThrowingLogger>(), LogLevel::error, "thrown away");
  const auto logger = std::make_shared<RecordingLogger>(LogLevel::debug);
  log_message(logger, LogLevel::error, "{}", Unformattable());
  REQUIRE(logger->lines.empty());
}

}  // namespace
}  // namespace async_http_pool
