#pragma once

#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/temp_directory.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace async_http_pool::test {

struct S3ServerOptions {
  std::string bucket;  ///< made first; empty: none
  std::string region = "us-east-1";
  std::string access_key_id = "TESTACCESSKEY";
  std::string secret_access_key = "test/secret+key=1";
  std::string domain;  ///< buckets are taken from hosts of it, too
  std::optional<ServerIdentity> identity = std::nullopt;  ///< none: no TLS
  /// Objects are gone when it stops. On disk Swift shows none for a moment while one is stored
  /// over: it unlinks the old file while a reader is about to open it.
  bool keeps_objects_in_memory = false;
};

/// An S3 server in a process of its own, on a free port of 127.0.0.1: OpenStack Swift by
/// s3_server.py. It verifies signatures as Amazon does. Takes a second to start.
class S3Server {
 public:
  /// Returns when the server answers. Throws `std::runtime_error` with its log when it does not,
  /// and says so when it is not installed.
  explicit S3Server(S3ServerOptions options = {});
  /// A server that was paused goes on.
  ~S3Server();
  S3Server(const S3Server&) = delete;
  S3Server& operator=(const S3Server&) = delete;

  /// "http://127.0.0.1:4711", for `S3StoreOptions::endpoint`.
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] const S3ServerOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::string log() const;
  /// What is kept with each object: its name, "/AUTH_test/BUCKET/KEY", and its content type are in
  /// it as they are, as far as they are ASCII.
  [[nodiscard]] std::vector<std::string> object_records() const;

  /// Connections are refused, until `start_again`: on the same port, with the objects it had.
  void stop();
  void start_again();
  /// Connections are accepted, by the kernel, and that is all.
  void pause();
  void resume();

 private:
  void start();

  const S3ServerOptions options_;
  TempDirectory directory_;
  std::string port_ = "0";
  std::string endpoint_;
  std::unique_ptr<ChildProcess> process_;  // last: ends before the directory goes
};

}  // namespace async_http_pool::test
