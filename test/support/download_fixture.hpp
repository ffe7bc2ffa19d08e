#pragma once

#include "support/catch.hpp"
#include "support/running_processor.hpp"
#include "support/temp_directory.hpp"

#include <async_http_pool/client.hpp>
#include <async_http_pool/error.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace async_http_pool::test {

/// What a download's progress throws here, to break it off.
struct Stopped {};

/// "cancelled", "404", "errno 28": how a download fails; "done" when it does not.
template <typename Action>
std::string failure_of(Action action) {
  try {
    action();
  } catch (const RequestError& error) {
    return std::string(to_string(error.code()));
  } catch (const HttpError& error) {
    return std::to_string(error.status());
  } catch (const std::system_error& error) {
    return "errno " + std::to_string(error.code().value());
  } catch (const Stopped&) {
    return "stopped";
  }
  return "done";
}

/// A client, and a place for what it downloads.
struct DownloadFixture {
  TempDirectory temp;
  const std::string path = (temp.path() / "file").string();
  Client client{without_retries()};

  DownloadResult download(const std::string& url, DownloadOptions options = {}) const {
    return client.download(Request::get(url).build(), path, std::move(options));
  }
  /// Gives up when `bytes` or more are in the file.
  void stop_after(const std::string& url, std::uint64_t bytes) const {
    CHECK(failure_of([&] {
            download(url, {.progress = [&](std::uint64_t now, std::optional<std::uint64_t>) {
                       if (now >= bytes) throw Stopped();
                     }});
          }) == "stopped");
  }
  [[nodiscard]] std::string file() const { return temp.read("file"); }
  [[nodiscard]] std::string part() const { return temp.read("file.part"); }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(temp.path() / name);
  }
};

}  // namespace async_http_pool::test
