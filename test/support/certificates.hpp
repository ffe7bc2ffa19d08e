#pragma once

#include "support/temp_directory.hpp"

#include <string>

namespace async_http_pool::test {

/// PEM files of a server: its certificate and its key.
struct ServerIdentity {
  std::string certificate_file;
  std::string key_file;
};

/// A certificate authority and certificates (EC P-256) made for the occasion, as files in a
/// directory of their own. Throws `std::runtime_error` when OpenSSL refuses.
class Certificates {
 public:
  Certificates();

  [[nodiscard]] const std::string& ca_file() const noexcept { return ca_file_; }
  /// An authority that signed none of these.
  [[nodiscard]] const std::string& other_ca_file() const noexcept { return other_ca_file_; }

  /// For localhost and 127.0.0.1.
  [[nodiscard]] const ServerIdentity& good() const noexcept { return good_; }
  /// As `good`, but its time is over.
  [[nodiscard]] const ServerIdentity& expired() const noexcept { return expired_; }
  /// For other.example.
  [[nodiscard]] const ServerIdentity& wrong_host() const noexcept { return wrong_host_; }
  /// For localhost and 127.0.0.1, signed by itself.
  [[nodiscard]] const ServerIdentity& self_signed() const noexcept { return self_signed_; }

 private:
  TempDirectory directory_;
  std::string ca_file_;
  std::string other_ca_file_;
  ServerIdentity good_;
  ServerIdentity expired_;
  ServerIdentity wrong_host_;
  ServerIdentity self_signed_;
};

}  // namespace async_http_pool::test
