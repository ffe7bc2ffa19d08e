#pragma once

#include <async_http_pool/option_types.hpp>

/// The options that a single request may have. A row is all there is to an option: the accessors of
/// `RequestConfig`, its default, its check, the merge with the client's, its name in JSON and in
/// the files of `ahp --config`, and what libcurl is told follow from it.
///
///     X(type, name, default, rule, action)
///
/// Texts are UTF-8 of at most 64 KiB, PEM and base64 of at most 1 MiB.
///
/// - `type`     of the value. What the client sets is switched off for one request by the value
///              that the comment calls off.
/// - `default`  what counts when neither the request nor the client says anything.
/// - `rule`     which values are refused: `check_RULE` of lib/config/option_rules.hpp.
/// - `action`   how libcurl is told: `tell_ACTION` of lib/curl/option_actions.hpp; `nobody` when
///              this library acts on the option itself.
// clang-format off
#define AHP_REQUEST_OPTIONS(X)                                                                      \
  /* --- How long --- */                                                                            \
  /** From `enqueue` to the outcome, redirects and retries included. */                             \
  X(Milliseconds, timeout, std::chrono::seconds(60), duration, nobody)                              \
  /** To establish a connection: DNS, TCP, TLS and proxy. Off: 0; the other time-outs count still. */ \
  X(Milliseconds, connect_timeout, Milliseconds(0), duration_or_zero, connect_timeout)              \
  /** From the end of the request, its body included, to the first line of a response. Off: 0. */   \
  X(Milliseconds, first_byte_timeout, Milliseconds(0), duration_or_zero, nobody)                    \
  /** Between two pieces of the request's body, and between two header lines or pieces of the body  \
      of the response. Off: 0. Make it longer than the pauses of a speed limit (seconds). */        \
  X(Milliseconds, idle_timeout, Milliseconds(0), duration_or_zero, nobody)                          \
  /** One attempt at one URL, from looking for a connection to the end of the response. Off: 0. */  \
  X(Milliseconds, attempt_timeout, Milliseconds(0), duration_or_zero, nobody)                       \
  /** Streamed responses (`Client::send`): from `send` to the end of the body; `timeout` then counts\
      until the headers are in. Off: 0. */                                                          \
  X(Milliseconds, stream_timeout, Milliseconds(0), duration_or_zero, nobody)                        \
                                                                                                    \
  /* --- How large --- */                                                                           \
  /** Bytes of a response body, after decoding. */                                                  \
  X(std::size_t, max_response_size, std::size_t{1} << 20, size, nobody)                             \
  /** Bytes of a streamed body that wait for their reader, at least; then its connection is not     \
      read. */                                                                                      \
  X(std::size_t, stream_buffer_size, std::size_t{64} << 10, size, nobody)                           \
  /** Bytes to which that grows while the reader of a large body waits in between, as fast as it    \
      comes; not above `stream_buffer_size`: it stays. */                                           \
  X(std::size_t, max_stream_buffer_size, std::size_t{1} << 20, size, nobody)                        \
  /** Bytes of a response's header fields, trailers included. libcurl's own limits hold, too: 300   \
      KiB in all, 100 KiB a line. */                                                                \
  X(std::size_t, max_header_size, std::size_t{256} << 10, size, nobody)                             \
  /** Number of a response's header fields, trailers included; libcurl from 8.14 takes 5000. */     \
  X(int, max_header_count, 1000, positive, nobody)                                                  \
  /** How many times larger than sent a response's body may get by decoding, its first 16 KiB       \
      aside. Off: 0. Documents stay below 100, bombs come close to 1000 and more. */                \
  X(int, max_decompression_ratio, 200, not_negative, nobody)                                        \
  /** Bytes of the request's URL, and of those it is redirected to; 1 to 65536. */                  \
  X(std::size_t, max_url_size, std::size_t{64} << 10, url_size, nobody)                             \
                                                                                                    \
  /* --- How fast --- */                                                                            \
  /** Bytes a second of a request's body, on average; its first 64 KiB may go at once. Off: 0. */   \
  X(std::size_t, max_upload_speed, 0, anything, max_upload_speed)                                   \
  /** Bytes a second of a response's body, on average; the first second's, at least 100 KiB, may     \
      come at once. Off: 0. */                                                                      \
  X(std::size_t, max_download_speed, 0, anything, max_download_speed)                               \
  /** Bytes a second, both ways together: slower than that for `low_speed_time` is an error, also   \
      while the server thinks. Off: 0. */                                                           \
  X(std::size_t, low_speed_limit, 0, anything, low_speed_limit)                                     \
  /** In whole seconds, rounded up. */                                                              \
  X(Milliseconds, low_speed_time, std::chrono::seconds(30), duration, nobody)                       \
                                                                                                    \
  /* --- Responses --- */                                                                           \
  /** Whether responses other than 2xx are errors. */                                               \
  X(bool, raise_error_responses, false, anything, nobody)                                           \
                                                                                                    \
  /* --- Redirects --- */                                                                           \
  /** How many are followed. Off: 0, the 3xx is handed to the application. 301 and 302 turn POST    \
      into GET, 303 every method but HEAD; what keeps its method keeps its body (RFC 9110, 15.4). */\
  X(int, max_redirects, 5, not_negative, nobody)                                                    \
  /** Whether a redirect may lead from https to http; else it is an error. */                       \
  X(bool, allow_https_to_http, false, anything, nobody)                                             \
  /** Whether a redirect sends a `referer`, the URL that redirected, without its fragment; never    \
      from https to http. */                                                                        \
  X(bool, referer, false, anything, nobody)                                                         \
  /** Header fields that a redirect does not carry to another scheme, host or port, besides         \
      `authorization`, `cookie`, `proxy-authorization` and `www-authenticate`, which never go. A    \
      list that is set replaces the default one. */                                                 \
  X(TextList, sensitive_headers,                                                                    \
    (TextList{"api-key", "ocp-apim-subscription-key", "private-token", "x-access-token",            \
              "x-amz-security-token", "x-api-key", "x-auth-token", "x-goog-api-key",                \
              "x-vault-token"}),                                                                    \
    field_names, nobody)                                                                            \
                                                                                                    \
  /* --- Retries --- */                                                                             \
  /** Attempts after the first, for each URL of a chain of redirects; what a time limit of a single  \
      attempt ended is tried again as well. */                                                                  \
  X(int, retries, 3, retries, nobody)                                                               \
  /** Longest pause before the first retry; it doubles with each further one, up to                 \
      `retry_delay_max`. The pause is random between 0 and that (full jitter). */                   \
  X(Milliseconds, retry_delay, Milliseconds(100), duration, nobody)                                 \
  /** Longest pause before any retry, unless `retry-after` asks for more. */                        \
  X(Milliseconds, retry_delay_max, std::chrono::seconds(30), duration, nobody)                      \
  /** Statuses that are tried again when the request may be sent twice: 429, 502, 503, 504, say. */ \
  X(IntegerList, retry_statuses, IntegerList(), error_statuses, nobody)                             \
  /** The longest `retry-after` that is honoured; more is cut down to it. Off: 0. */                \
  X(Milliseconds, retry_after_max, std::chrono::seconds(60), duration_or_zero, nobody)              \
  /** Whether the request may be sent twice although its method is not idempotent (RFC 9110,        \
      section 9.2.2). A request with an `idempotency-key` always may. */                            \
  X(bool, retry_unsafe, false, anything, nobody)                                                    \
                                                                                                    \
  /* --- Request --- */                                                                             \
  /** The `user-agent`, unless the request has such a header. Off: empty. */                        \
  X(std::string, user_agent, "AsyncHttpPool", field_value, nobody)                                  \
                                                                                                    \
  /** How long a request with a body waits for "100 Continue" before it sends the body all the same \
      (RFC 9110, section 10.1.1). Off: 0, nothing is waited for or asked. */                        \
  X(Milliseconds, expect_timeout, Milliseconds(0), duration_or_zero, expect_timeout)                \
  /** Whether names of header fields are sent as "Content-Type" over HTTP/1, for servers that are   \
      wrong about case. */                                                                          \
  X(bool, title_case_headers, false, anything, nobody)                                              \
  /** Whether encodings are asked for and bodies decoded. Off, the body is as it was sent. */       \
  X(bool, decompression, true, anything, nobody)                                                    \
  /** Whether the cookie jar of the request, or of its client, is used. */                          \
  X(bool, cookies, true, anything, nobody)                                                          \
                                                                                                    \
  /* --- Connections --- */                                                                         \
  /** Whether the request gets a new connection, none that was used before. With                    \
      `http_version` automatic it is HTTP/1.1 then, so that nobody joins in. */                     \
  X(bool, fresh_connection, false, anything, fresh_connection)                                      \
  /** Whether its connection is closed after it. With `http_version` automatic it is HTTP/1.1       \
      then: others would join an HTTP/2 connection while the request is under way, as they do       \
      if that version is named. */                                                                  \
  X(bool, no_reuse, false, anything, no_reuse)                                                      \
  /** How long a connection may have been idle to be used again; in whole seconds, rounded up. */   \
  X(Milliseconds, connection_idle_time, std::chrono::seconds(118), duration, connection_idle_time)  \
  /** How old a connection may be to be used again; in whole seconds, rounded up. Off: 0. */        \
  X(Milliseconds, connection_lifetime, Milliseconds(0), duration_or_zero, connection_lifetime)      \
  /** The version of HTTP to speak. */                                                              \
  X(HttpVersion, http_version, HttpVersion::automatic, anything, http_version)                      \
  /** Between two probes whether the peer is alive, and before the first; in whole seconds, rounded \
      up, at most 9 hours. Off: 0. */                                                               \
  X(Milliseconds, tcp_keepalive, std::chrono::seconds(60), keepalive, tcp_keepalive)                \
  /** Whether small packets are sent at once (no Nagle algorithm). */                               \
  X(bool, tcp_nodelay, true, anything, tcp_nodelay)                                                 \
  /** Where connections go out: the name of a network interface, or an address of this              \
      machine. Empty: as the system routes. A request's own gets a connection for itself, as        \
      with `fresh_connection` and `no_reuse`. */                                                    \
  X(std::string, interface, "", network_interface, interface)                                       \
  /** Which addresses of a host count. A request that wants others than its client looks names      \
      up each time, without the addresses that are remembered. */                                   \
  X(IpFamily, ip_family, IpFamily::automatic, anything, ip_family)                                  \
  /** How long the addresses of one family have before those of the other are tried, too            \
      (RFC 8305). */                                                                                \
  X(Milliseconds, happy_eyeballs_timeout, Milliseconds(200), duration, happy_eyeballs_timeout)      \
  /** How long the address of a name is remembered; in whole seconds, rounded up. Off: 0. */        \
  X(Milliseconds, dns_cache_time, std::chrono::seconds(60), duration_or_zero, dns_cache_time)       \
  /** The socket to connect to instead of the host and port of the URL, and of a proxy; its         \
      connection serves this request only and speaks HTTP/1.1, unless `http_version` says           \
      otherwise. Redirects lead there, too. Empty: none. */                                         \
  X(std::string, unix_socket, "", socket_path, unix_socket)                                         \
  /** "host:port" to connect to instead of those of the URL, which still are what the request       \
      and TLS name. Redirects lead there, too. Through an http(s) proxy also plain http goes        \
      by a tunnel (CONNECT) then. Empty: none. */                                                   \
  X(std::string, connect_to, "", endpoint, nobody)                                                  \
  /** Addresses of names, "host:port:address" each, for this request alone: no name server is       \
      asked for them. Of the name in `connect_to`, if that is set. One address is used, the         \
      first of a name that suits `ip_family`. Through an http(s) proxy also plain http goes by      \
      a tunnel then. */                                                                             \
  X(TextList, resolve, TextList(), known_addresses, nobody)                                         \
                                                                                                    \
  /* --- Address guard --- */                                                                       \
  /** Whether connections are made to public addresses only, for services that request URLs of      \
      their users: no loopback, private, link-local, multicast, reserved or metadata                \
      addresses, however written, named or redirected to. Checked on the address itself when a      \
      connection is made or used again. Through a proxy only URLs whose host is an address may      \
      pass, and a `proxy_url` of the request's own has to pass as well (its client's may be         \
      anywhere); `unix_socket` never does. */                                                       \
  X(bool, deny_private_addresses, false, anything, nobody)                                          \
  /** Addresses that pass nevertheless, like "10.1.0.0/16" or "fd00::1"; at most 1000. */           \
  X(TextList, allowed_addresses, TextList(), address_ranges, nobody)                                \
                                                                                                    \
  /* --- Proxy --- */                                                                               \
  /** A URL: http, https (TLS to the proxy), socks4 and socks5 (names are looked up here),          \
      socks4a and socks5h (the proxy looks them up); credentials allowed. The port is 1080          \
      (https: 443) unless it says so. Off: empty. A request's own gets a connection for itself      \
      where libcurl (before 8.19) would mix up the credentials of proxies, if one of them has       \
      any. */                                                                                       \
  X(std::string, proxy_url, "", proxy_url, proxy)                                                   \
  /** Hosts that are reached without a proxy: names (and what ends in .name), addresses, networks   \
      as 10.0.0.0/8, or * for all. */                                                               \
  X(TextList, no_proxy, TextList(), no_proxy, nobody)                                               \
  /** Whether, without a `proxy_url`, one is looked for in the environment as libcurl does:         \
      http_proxy, https_proxy, all_proxy, no_proxy, the last three in upper case, too. What is      \
      found but is no `proxy_url` is an error of the request. Nobody may change the                 \
      environment meanwhile. */                                                                     \
  X(bool, proxy_from_environment, false, anything, proxy_from_environment)                          \
                                                                                                    \
  /* --- Authentication --- */                                                                      \
  /** Schemes that `username` and `password` may be sent by: basic, digest, negotiate               \
      (Kerberos by the process's own tickets, where libcurl has it). Basic alone is sent at         \
      once, everything else when the server asks for it. Off: empty; then they are not sent at      \
      all. A client's negotiate goes to its `auth_origin` only; a request's own `username` or       \
      `password` goes by its other schemes. */                                                      \
  X(TextList, auth, TextList(), auth_schemes, nobody)                                               \
  /** Without a colon. A request that sets one of the four from here on has none of its client's. */\
  X(std::string, username, "", username, nobody)                                                    \
  /** Goes with `username`. */                                                                      \
  X(std::string, password, "", password, nobody)                                                    \
  /** Sent as "authorization: Bearer ..." (RFC 6750); not beside `username` and `password`. */      \
  X(std::string, bearer_token, "", bearer_token, nobody)                                            \
  /** The origin that they are for, https://host:port: they are sent to no other. Empty: that of    \
      the request's URL, and a redirect to another drops them. A client's need one. */              \
  X(std::string, auth_origin, "", auth_origin, nobody)                                              \
                                                                                                    \
  /* --- TLS --- */                                                                                 \
  /** File of the certificate authorities (PEM) that servers and https proxies are verified against. */ \
  /** Nothing in the three of them: the system's. They go together: a request that sets one of them */ \
  /** has none of its client's. */                                                                   \
  X(std::string, ca_file, "", path, with_tls)                                                        \
  /** Directory of authorities under the names that `openssl rehash` gives them. */                  \
  X(std::string, ca_path, "", path, with_tls)                                                        \
  /** The authorities themselves, as text (PEM). Not beside a `ca_file`, which is the cheaper one: */ \
  /** libcurl reads this again for each connection. */                                               \
  X(std::string, ca_pem, "", pem, with_tls)                                                          \
  /** Certificate shown to servers that ask for one, with its chain. One of file, PEM and           \
      PKCS#12; all options of a client's certificate and its key go together, as those of the       \
      authorities. A request's own is not shown to another origin that a redirect leads to; a       \
      client's is shown to every server that asks. Before libcurl 8.21 a request's own gets a       \
      connection for itself, as with `fresh_connection` and `no_reuse`, and no TLS session is       \
      resumed for any. */                                                                           \
  X(std::string, client_cert_file, "", path, with_tls)                                               \
  /** What is in that file: `pem`, or `p12` for PKCS#12, which brings its key. */                    \
  X(CertificateFormat, client_cert_type, CertificateFormat::pem, anything, with_tls)                 \
  /** The certificate as text (PEM). */                                                              \
  X(std::string, client_cert_pem, "", pem, with_tls)                                                 \
  /** The certificate and its key as PKCS#12 in base64. */                                           \
  X(std::string, client_cert_p12, "", base64, with_tls)                                              \
  /** File of the certificate's key (PEM). Empty: it is in the file of the certificate. */           \
  X(std::string, client_key_file, "", path, with_tls)                                                \
  /** The key as text (PEM). */                                                                      \
  X(std::string, client_key_pem, "", pem, with_tls)                                                  \
  /** What the key, or the PKCS#12, is encrypted with. */                                            \
  X(std::string, client_key_password, "", secret, with_tls)                                          \
  /** Oldest version spoken with servers: "1.0" to "1.3". OpenSSL speaks those before 1.2 only */    \
  /** with @SECLEVEL=0 among `tls_ciphers`. */                                                       \
  X(TlsVersion, min_tls_version, TlsVersion::v1_2, anything, with_tls)                               \
  /** Newest version spoken with servers. */                                                         \
  X(TlsVersion, max_tls_version, TlsVersion::v1_3, anything, with_tls)                               \
  /** Ciphers up to TLS 1.2, in OpenSSL's notation. Empty: libcurl's choice. */                      \
  X(std::string, tls_ciphers, "", field_value, with_tls)                                             \
  /** Ciphers of TLS 1.3: "TLS_AES_128_GCM_SHA256:...". Empty: libcurl's choice. */                  \
  X(std::string, tls13_ciphers, "", field_value, with_tls)                                           \
  /** "sha256//BASE64", several with ; between: the server's public key must have one of these, */   \
  /** besides a certificate that is trusted. Redirects to other servers are no exception. */         \
  X(std::string, pinned_public_key, "", public_key_pins, with_tls)                                   \
  /** Accepts whatever certificate a server shows: anyone on the way can read and change all.       \
      A request's own counts for its origin, not where a redirect leads elsewhere. */               \
  X(bool, danger_accept_invalid_certs, false, anything, with_tls)                                    \
  /** Accepts trusted certificates that are for another host. A request's own as above. */          \
  X(bool, danger_accept_invalid_hosts, false, anything, with_tls)                                    \
  /** Whether a response keeps the chain of certificates that its server showed. */                  \
  X(bool, keep_peer_certificates, false, anything, nobody)
// clang-format on
