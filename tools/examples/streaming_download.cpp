// Downloads a file that may be larger than the memory, with a progress bar, and goes on where an
// earlier run was broken off: try Ctrl-C, and once more.
//
//   c++ -std=c++20 streaming_download.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080 archive.bin   (where server.py, beside this file, listens)
#include <unistd.h>

#include <async_http_pool/async_http_pool.hpp>
#include <iostream>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

/// On a terminal: `[#####     ] 3 of 6 MiB`.
class ProgressBar {
 public:
  void show(std::uint64_t bytes, std::optional<std::uint64_t> total) {
    const bool is_news = bytes >> 18U != shown_ >> 18U || bytes == total;  // four times a MiB
    if (!is_terminal_ || !is_news) return;
    shown_ = bytes;
    std::cerr << '\r';
    if (total && *total > 0) {
      const auto filled = std::size_t(40 * bytes / *total);
      std::cerr << '[' << std::string(filled, '#') << std::string(40 - filled, ' ') << "] ";
    }
    std::cerr << bytes / (1U << 20U);
    if (total) std::cerr << " of " << *total / (1U << 20U);
    std::cerr << " MiB" << (bytes == total ? "\n" : "") << std::flush;
  }

 private:
  const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::uint64_t shown_ = 0;
};

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const std::string file = argc > 2 ? argv[2] : "archive.bin";

  ProgressBar bar;
  ahp::DownloadOptions options;
  options.progress = [&bar](auto bytes, auto total) { bar.show(bytes, total); };
  const ahp::Request request = ahp::Request::get(base_url + "/archive")
                                   .config(ahp::RequestConfig().set_idle_timeout(30s))
                                   .build();
  const ahp::DownloadResult result = ahp::Client().download(request, file, options);
  std::cout << file << ": " << result.bytes << " bytes, " << result.bytes_resumed
            << " of them from an earlier run\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
