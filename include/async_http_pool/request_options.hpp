#pragma once

#include <async_http_pool/option_types.hpp>

/// The options that a single request may have. A row is all there is to an option: the accessors of
/// `RequestConfig`, its default, its check, the merge with the client's, its name in JSON and in
/// the files of `ahp --config`, and what libcurl is told follow from it.
///
///     X(type, name, default, rule, action)
///
/// - `type`     of the value. To switch off for one request what the client sets, set the value
/// that
///              the comment calls off.
/// - `default`  what counts when neither the request nor the client says anything.
/// - `rule`     which values are refused: `check_RULE` of lib/config/option_rules.hpp.
/// - `action`   how libcurl is told: `tell_ACTION` of lib/curl/option_actions.hpp; `nobody` when
/// this
///              library acts on the option itself.
// clang-format off
#define AHP_REQUEST_OPTIONS(X)                                                                      \
  /* --- How long --- */                                                                            \
  /** From `enqueue` to the outcome, redirects and retries included. */                             \
  X(Milliseconds, timeout, std::chrono::seconds(60), duration, nobody)                              \
  /** To establish a connection: DNS, TCP, TLS and proxy. Off: 0; the other time-outs count still. */ \
  X(Milliseconds, connect_timeout, Milliseconds(0), duration_or_zero, connect_timeout)              \
                                                                                                    \
  /* --- How large --- */                                                                           \
  /** Bytes of a response body, after decoding. */                                                  \
  X(std::size_t, max_response_size, std::size_t{1} << 20, size, nobody)                             \
  /** Bytes of a response's header fields, trailers included. */                                    \
  X(std::size_t, max_header_size, std::size_t{256} << 10, size, nobody)                             \
  /** Number of a response's header fields, trailers included. */                                   \
  X(int, max_header_count, 1000, positive, nobody)                                                  \
                                                                                                    \
  /* --- Responses --- */                                                                           \
  /** Whether responses other than 2xx are errors. */                                               \
  X(bool, raise_error_responses, false, anything, nobody)                                           \
                                                                                                    \
  /* --- Redirects --- */                                                                           \
  /** How many are followed. Off: 0, the 3xx is handed to the application. */                       \
  X(int, max_redirects, 5, not_negative, nobody)                                                    \
                                                                                                    \
  /* --- Retries --- */                                                                             \
  /** Attempts after the first. */                                                                  \
  X(int, retries, 3, retries, nobody)                                                               \
  /** Longest pause before the first retry; it doubles with each further one, up to 30 s. */        \
  X(Milliseconds, retry_delay, Milliseconds(100), duration, nobody)                                 \
                                                                                                    \
  /* --- Request --- */                                                                             \
  /** The `user-agent`, unless the request has such a header. Off: empty. */                        \
  X(std::string, user_agent, "AsyncHttpPool", field_value, nobody)                                  \
                                                                                                    \
  /* --- Proxy --- */                                                                               \
  /** An http or https URL, credentials allowed. Off: empty. */                                     \
  X(std::string, proxy_url, "", proxy_url, proxy)                                                   \
                                                                                                    \
  /* --- TLS --- */                                                                                 \
  /** File of the certificate authorities (PEM) that servers are verified against. Empty: the system's. */ \
  X(std::string, ca_file, "", path, ca_file)
// clang-format on
