#include "support/nginx_server.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace async_http_pool::test {

namespace {

std::string find_nginx() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = folder + "/nginx";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  throw std::runtime_error("nginx is not installed");
}

std::string common_locations(const std::string& directory, const std::string& more) {
  return "    root " + directory +
         "/www;\n"
         "    location = /tiny { return 200 ok; }\n"
         "    location = /about { return 200 \"$connection $connection_requests "
         "$server_protocol\"; }\n"
         "    location = /redirect { return 302 /tiny; }\n"
         "    location /gzip/ { alias " +
         directory + "/www/; gzip on; gzip_types *; gzip_min_length 1; }\n" + more + "\n";
}

std::string configuration(const NginxOptions& options, const std::string& directory,
                          std::uint16_t port, std::uint16_t tls_port) {
  std::ostringstream text;
  text << "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log error.log warn;\n"
       << "events { worker_connections 8192; }\nhttp {\n"
       << "  access_log off;\n  default_type application/octet-stream;\n  server_tokens off;\n"
       << "  absolute_redirect off;\n  keepalive_timeout 600s;\n  tcp_nodelay on;\n"
       << "  keepalive_requests " << options.keepalive_requests << ";\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text << "  " << kind << "_temp_path " << directory << "/" << kind << ";\n";
  }
  text << "  server {\n    listen 127.0.0.1:" << port
       << " reuseport;\n    location = /status { stub_status; }\n"
       << common_locations(directory, options.locations) << "  }\n";
  if (options.identity) {
    text << "  server {\n    listen 127.0.0.1:" << tls_port << " ssl"
         << (options.http2 ? " http2" : "") << " reuseport"
         << ";\n"
         << "    ssl_certificate " << options.identity->certificate_file << ";\n"
         << "    ssl_certificate_key " << options.identity->key_file << ";\n"
         << "    ssl_protocols " << options.tls_protocols
         << ";\n"
         // Level 0, so that a server that speaks nothing newer than TLS 1.1 can be had at all.
         << "    ssl_ciphers ALL:@SECLEVEL=0;\n"
         << "    http2_max_concurrent_streams " << options.http2_max_concurrent_streams << ";\n"
         << options.tls_directives << "\n"
         << common_locations(directory, options.locations) << "  }\n";
  }
  text << "}\n";
  return text.str();
}

}  // namespace

NginxServer::NginxServer(const NginxOptions& options) {
  const std::string program = find_nginx();
  // Bound here and shared with nginx by SO_REUSEPORT until it listens: nobody can take the ports in
  // between.
  const Descriptor reservation = reserve_port();
  const Descriptor tls_reservation = reserve_port();
  port_ = local_port(reservation);
  tls_port_ = local_port(tls_reservation);

  const std::string directory = directory_.path().string();
  const std::string file =
      directory_.write("nginx.conf", configuration(options, directory, port_, tls_port_));
  std::filesystem::create_directory(directory_.path() / "www");
  process_ = std::make_unique<ChildProcess>(ChildOptions{
      .arguments = {program, "-p", directory, "-c", file, "-e", directory + "/error.log"},
      .output_file = directory + "/output.log"});
  wait_until_ready();
}

void NginxServer::wait_until_ready() {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    try {
      static_cast<void>(ask("/tiny"));
      return;
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::connection_refused) throw;
    }
    if (process_->wait_for_end(2ms)) break;  // the pace of the attempts
  }
  throw std::runtime_error("nginx does not start: " + log());
}

std::string NginxServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::string NginxServer::tls_url(std::string_view path) const {
  return "https://localhost:" + std::to_string(tls_port_) + std::string(path);
}

void NginxServer::write_file(std::string_view name, std::string_view content) const {
  directory_.write("www/" + std::string(name), content);
}

void NginxServer::write_hole(std::string_view name, std::uint64_t bytes) const {
  write_file(name, "");
  std::filesystem::resize_file(directory_.path() / "www" / name, bytes);
}

std::size_t NginxServer::accepted_connections() {
  // "Active connections: 1 \nserver accepts handled requests\n 5 5 9 \n"
  const std::string status = ask("/status");
  const std::size_t numbers = status.find("requests\n");
  if (numbers == std::string::npos) throw std::runtime_error("nginx: no status in: " + status);
  return std::stoul(status.substr(numbers + 9)) - own_connections_;
}

std::string NginxServer::log() const {
  return directory_.read("error.log") + directory_.read("output.log");
}

std::string NginxServer::ask(std::string_view path) {
  const Descriptor socket = connect_to_loopback(port_);
  ++own_connections_;
  const timeval limit{.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(patience).count(),
                      .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  send_all(socket, "GET " + std::string(path) + " HTTP/1.0\r\n\r\n");
  std::string answer;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::recv(socket.number(), buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(size));
  }
  const std::size_t blank_line = answer.find("\r\n\r\n");
  if (blank_line == std::string::npos) throw std::runtime_error("nginx does not answer: " + log());
  return answer.substr(blank_line + 4);
}

}  // namespace async_http_pool::test
