#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace async_http_pool {

// The types of options, under names without commas, as the tables of options need them.

using Milliseconds = std::chrono::milliseconds;
using TextList = std::vector<std::string>;
using IntegerList = std::vector<int>;

/// Versions of TLS; in JSON "1.0", "1.1"...
enum class TlsVersion { v1_0, v1_1, v1_2, v1_3 };

/// The formats of certificate files; in JSON "pem" and "p12".
enum class CertificateFormat {
  pem,
  p12  ///< PKCS#12, with the key
};

/// Which version of HTTP is spoken; in JSON the same names.
enum class HttpVersion {
  automatic,              ///< 2 over TLS where both sides have it, else 1.1
  http1_0,                ///< 1.0
  http1_1,                ///< 1.1
  http2_prior_knowledge,  ///< 2 without asking, over TCP too; an error with libcurl before 8.0
  http3                   ///< 3 where the server has it; an error where libcurl has not
};

/// Which addresses of a host are used; in JSON the same names.
enum class IpFamily { automatic, ipv4, ipv6 };

/// How the agent waits for sockets.
enum class SelectorKind {
  automatic,  ///< the best this system has
  epoll,      ///< Linux: cost does not grow with the number of idle sockets
  poll        ///< every POSIX system
};

}  // namespace async_http_pool
