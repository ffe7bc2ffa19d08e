// Options for all requests and for one, cookies that stay, a form, a file to upload, and what it
// all cost.
//
//   c++ -std=c++20 options.cpp $(pkg-config --cflags --libs async-http-pool)
//   ./a.out http://127.0.0.1:8080        (where server.py, beside this file, listens)
#include <async_http_pool/async_http_pool.hpp>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace ahp = async_http_pool;
using namespace std::chrono_literals;

ahp::Configuration make_configuration(const std::shared_ptr<ahp::CookieJar>& jar) {
  ahp::Configuration config;
  config.set_cookie_jar(jar)
      .set_client_config(ahp::ClientConfig().set_max_in_flight_per_host(8))
      .set_request_config(ahp::RequestConfig()
                              .set_connect_timeout(5s)
                              .set_first_byte_timeout(20s)
                              .set_retry_statuses({429, 503})
                              .set_deny_private_addresses(true)
                              .set_allowed_addresses({"127.0.0.0/8"}));
  return config;
}

ahp::Request log_in(const std::string& base_url) {
  return ahp::Request::post(base_url + "/login")
      .form(ahp::Value::object({{"name", "Ada"}, {"password", "secret"}}))
      .build();
}

ahp::Request upload(const std::string& base_url, const std::string& path) {
  ahp::Multipart parts;
  parts.add_field("title", "a program").add_file("program", path);
  return ahp::Request::post(base_url + "/files")
      .multipart(parts)
      .config(ahp::RequestConfig().set_attempt_timeout(60s).set_max_upload_speed(50'000'000))
      .build();
}

ahp::Response run(ahp::SynchronousExecutor& executor, const ahp::Request& request) {
  const ahp::TaskOutcome outcome = executor.call(request);
  if (outcome.response() == nullptr) throw std::runtime_error(outcome.error()->message());
  return *outcome.response();
}

void print(const ahp::Response& response) {
  const ahp::Metrics& cost = response.metrics();
  std::cout << response.status() << ' ' << response.body() << '\n';
  std::clog << cost.bytes_sent << " bytes up, " << cost.bytes_received << " down, first byte after "
            << cost.first_byte.count() << " us from " << cost.remote_address.ip << '\n';
}

int main(int argc, char** argv) try {
  const std::string base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const auto jar = std::make_shared<ahp::CookieJar>();
  ahp::SynchronousExecutor executor(make_configuration(jar));

  print(run(executor, log_in(base_url)));
  print(run(executor, ahp::Request::get(base_url + "/me").build()));  // the jar says who we are
  print(run(executor, upload(base_url, argv[0])));

  const auto later = std::make_shared<ahp::CookieJar>();
  later->load_json(jar->to_json());
  std::cout << later->cookies().size() << " cookie kept for later\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
