#pragma once

#include <async_http_pool/body_reader.hpp>
#include <async_http_pool/export.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/metrics.hpp>
#include <async_http_pool/response.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async_http_pool {

/// A response whose headers are there and whose body is still coming. Movable. Destroying it, or
/// its body if that was moved out, ends the transfer at once.
///
/// What it says of the response may be asked on any thread; its body is for one thread at a time.
class AHP_EXPORT StreamingResponse {
 public:
  /// A response that is complete already, for interceptors that answer by themselves.
  explicit StreamingResponse(const Response& response);
  ~StreamingResponse();
  StreamingResponse(StreamingResponse&&) noexcept;
  StreamingResponse& operator=(StreamingResponse&&) noexcept;

  [[nodiscard]] int status() const noexcept;
  [[nodiscard]] const Headers& headers() const noexcept;
  /// The URL that answered: the last one of a chain of redirects.
  [[nodiscard]] const std::string& url() const noexcept;
  /// The method that was answered: "GET".
  [[nodiscard]] const std::string& method() const noexcept;
  [[nodiscard]] const std::string& request_id() const noexcept;
  /// The URLs that were redirected from, oldest first.
  [[nodiscard]] const std::vector<std::string>& redirects() const noexcept;
  [[nodiscard]] ProtocolVersion protocol() const noexcept;
  /// How its connection is secured; none without TLS.
  [[nodiscard]] const std::optional<TlsInfo>& tls() const noexcept;

  [[nodiscard]] bool is_success() const noexcept { return status() / 100 == 2; }
  /// The first `content-type`; empty when there is none.
  [[nodiscard]] std::string_view content_type() const noexcept;

  /// any-thread. What the request has cost until now; final once the body has come to its end.
  /// Addresses, too.
  [[nodiscard]] Metrics metrics() const;
  /// any-thread. The fields behind the body (RFC 9110, section 6.5); none before all of it has
  /// arrived.
  [[nodiscard]] std::optional<Headers> trailers() const;

  [[nodiscard]] BodyReader& body() noexcept { return body_; }
  /// Reads the rest of the body. Throws as `BodyReader::bytes`.
  [[nodiscard]] Response complete(std::size_t limit = BodyReader::default_limit);

  /// any-thread. See `BodyReader::cancel`.
  void cancel() noexcept;

 private:
  friend class StreamAccess;
  explicit StreamingResponse(std::shared_ptr<ResponseStream> stream) noexcept;
  std::shared_ptr<ResponseStream> stream_;  // shared with the transfer
  BodyReader body_;
};

}  // namespace async_http_pool
