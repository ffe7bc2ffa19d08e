#pragma once

#include "support/temp_directory.hpp"

#include <string>

namespace async_http_pool::test {

/// PEM files of a server: its certificate and its key.
struct ServerIdentity {
  std::string certificate_file;
  std::string key_file;
};

/// A client's certificate and its key, in all the forms that clients keep them in.
struct ClientIdentity {
  std::string certificate_file;
  std::string key_file;
  std::string encrypted_key_file;  ///< with `password`
  std::string p12_file;            ///< PKCS#12, with `password`
  std::string password;
};

/// A certificate authority and certificates (EC P-256) made for the occasion, as files in a
/// directory of their own. Throws `std::runtime_error` when OpenSSL refuses.
class Certificates {
 public:
  Certificates();

  [[nodiscard]] const std::string& ca_file() const noexcept { return ca_file_; }
  /// An authority that signed none of these.
  [[nodiscard]] const std::string& other_ca_file() const noexcept { return other_ca_file_; }

  /// The same authority as `ca_file`, in a directory under its hashed name.
  [[nodiscard]] std::string ca_directory() const { return directory_.path() / "authorities"; }
  /// The authority of the clients.
  [[nodiscard]] const std::string& client_ca_file() const noexcept { return client_ca_file_; }

  /// For localhost and 127.0.0.1.
  [[nodiscard]] const ServerIdentity& good() const noexcept { return good_; }
  /// As `good`, but its time is over.
  [[nodiscard]] const ServerIdentity& expired() const noexcept { return expired_; }
  /// For other.example.
  [[nodiscard]] const ServerIdentity& wrong_host() const noexcept { return wrong_host_; }
  /// For localhost and 127.0.0.1, signed by itself.
  [[nodiscard]] const ServerIdentity& self_signed() const noexcept { return self_signed_; }

  /// "sha256//..." of the public key of `good`.
  [[nodiscard]] const std::string& good_pin() const noexcept { return good_pin_; }
  /// CN=client, signed by the authority of the clients.
  [[nodiscard]] const ClientIdentity& client() const noexcept { return client_; }
  /// CN=stranger, signed by another.
  [[nodiscard]] const ClientIdentity& stranger() const noexcept { return stranger_; }

 private:
  TempDirectory directory_;
  std::string ca_file_;
  std::string other_ca_file_;
  std::string client_ca_file_;
  std::string good_pin_;
  ServerIdentity good_;
  ServerIdentity expired_;
  ServerIdentity wrong_host_;
  ServerIdentity self_signed_;
  ClientIdentity client_;
  ClientIdentity stranger_;
};

/// One set for all tests of a program: keys take time. Any thread.
[[nodiscard]] const Certificates& certificates();

}  // namespace async_http_pool::test
