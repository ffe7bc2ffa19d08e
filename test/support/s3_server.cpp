#include "support/s3_server.hpp"

#include <sys/xattr.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

namespace async_http_pool::test {

namespace {

constexpr auto start_time_max = 3 * patience;  // Python under a loaded machine

const std::string python = "/usr/bin/python3";  // Debian's: no other has the package
const std::string script = AHP_TEST_DATA_DIR "/support/s3_server.py";

}  // namespace

S3Server::S3Server(S3ServerOptions options) : options_(std::move(options)) {
  if (options_.identity) {
    directory_.write("server.pem", directory_.read(options_.identity->certificate_file) +
                                       directory_.read(options_.identity->key_file));
  }
  start();
}

S3Server::~S3Server() {
  if (process_) resume();  // else it would not see the signal to end
}

void S3Server::start() {
  const std::string directory = directory_.path().string();
  // One file for each start, so that an old URL is not taken for the new one.
  const std::string output = directory + "/output.log";
  std::filesystem::remove(output);
  std::vector<std::string> arguments = {python,        script,
                                        "--port",      port_,
                                        "--directory", directory,
                                        "--log",       directory + "/swift.log",
                                        "--region",    options_.region,
                                        "--key",       options_.access_key_id,
                                        "--secret",    options_.secret_access_key,
                                        "--domain",    options_.domain};
  if (!options_.bucket.empty()) arguments.insert(arguments.end(), {"--bucket", options_.bucket});
  if (options_.keeps_objects_in_memory) arguments.emplace_back("--memory");
  if (options_.identity) {
    arguments.insert(arguments.end(), {"--pem", directory + "/server.pem"});
  }
  process_ = std::make_unique<ChildProcess>(
      ChildOptions{.arguments = std::move(arguments), .output_file = output});

  const auto deadline = Clock::now() + start_time_max;
  while (Clock::now() < deadline) {
    const std::string said = directory_.read("output.log");
    if (said.starts_with("http") && said.ends_with('\n')) {
      endpoint_ = said.substr(0, said.size() - 1);
      port_ = endpoint_.substr(endpoint_.rfind(':') + 1);
      return;
    }
    if (process_->wait_for_end(2ms)) break;  // the pace of the looks
  }
  throw std::runtime_error("the S3 server does not start: " + log());
}

std::string S3Server::log() const {
  return directory_.read("output.log") + directory_.read("swift.log");
}

std::vector<std::string> S3Server::object_records() const {
  std::vector<std::string> records;
  const auto devices = directory_.path() / "devices";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(devices)) {
    if (entry.path().extension() != ".data") continue;
    std::string record(65536, '\0');
    const ssize_t size =
        ::getxattr(entry.path().c_str(), "user.swift.metadata", record.data(), record.size());
    if (size < 0) throw_errno("getxattr");
    record.resize(static_cast<std::size_t>(size));
    records.push_back(std::move(record));
  }
  return records;
}

void S3Server::stop() { process_.reset(); }

void S3Server::start_again() {
  if (!process_) start();
}

void S3Server::pause() { ::kill(process_->id(), SIGSTOP); }

void S3Server::resume() { ::kill(process_->id(), SIGCONT); }

}  // namespace async_http_pool::test
