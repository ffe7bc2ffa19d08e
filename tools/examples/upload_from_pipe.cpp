// Sends what comes out of a pipe while it comes, however much that will be: when the server is
// slow, so is the pipe.
//
//   c++ -std=c++20 upload_from_pipe.cpp $(pkg-config --cflags --libs async-http-pool)
//   seq 1000000 | ./a.out http://127.0.0.1:8080   (where server.py, beside this file, listens)
#include <poll.h>
#include <unistd.h>

#include <array>
#include <async_http_pool/async_http_pool.hpp>
#include <cerrno>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>

namespace ahp = async_http_pool;

/// Until the pipe is at its end, or nobody wants its bytes any more.
void pump(int pipe, ahp::BodyWriter writer) {
  std::array<char, 16384> buffer{};
  while (writer.is_wanted()) {
    pollfd entry{.fd = pipe, .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, 100) == 0) continue;  // a silent pipe must not hold the program up
    const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
    if (size > 0) {
      writer.write({buffer.data(), std::size_t(size)});
    } else if (size == 0) {
      return writer.finish();
    } else if (errno != EINTR) {
      const std::error_code reason(errno, std::generic_category());
      return writer.fail(std::make_exception_ptr(std::system_error(reason, "stdin")));
    }
  }
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const ahp::Client client;

  ahp::BodyWriter writer;
  ahp::ResponseFuture future =
      client.send(ahp::Request::post(base_url + "/count").body_source(writer.source()).build());
  const std::jthread reader(pump, STDIN_FILENO, std::move(writer));
  ahp::StreamingResponse response = future.get();

  const ahp::Value counted = response.body().json();
  std::cout << "the server counted " << counted["bytes"].as_integer() << " bytes in "
            << counted["lines"].as_integer() << " lines\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
