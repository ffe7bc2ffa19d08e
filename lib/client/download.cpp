#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <async_http_pool/client.hpp>
#include <async_http_pool/error.hpp>
#include "base/agent_thread.hpp"
#include "base/printable.hpp"
#include "client/download_part.hpp"
#include "client/download_rules.hpp"
#include "client/thrown_error.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;
constexpr std::size_t failure_body_bytes_max = std::size_t{64} << 10;
constexpr std::chrono::seconds failure_body_wait{5};

void check_request(const Request& request) {
  if (request.method() != "GET")
    throw std::invalid_argument("a download must be a GET, got: " +
                                async_http_pool::quoted(request.method()));
  for (const char* const name : {"range", "if-range"}) {
    if (request.headers().contains(name))
      throw std::invalid_argument(fmt::format("header \"{}\" is set by the download itself", name));
  }
}

ErrorContext context_of(const StreamingResponse& response) {
  const Metrics metrics = response.metrics();
  return {.url = response.url(),
          .method = response.method(),
          .request_id = response.request_id(),
          .duration = metrics.total,
          .callback_args = {},
          .metrics = metrics};
}

[[noreturn]] void refuse(const StreamingResponse& response, const std::string& why) {
  throw RequestError(ErrorType::unknown, ErrorCode::protocol_violation, why, context_of(response));
}

/// The beginning of a body that explains a failure, as far as it comes soon.
std::string beginning_of_body(BodyReader& body) {
  std::string text(failure_body_bytes_max, '\0');
  std::size_t size = 0;
  const auto deadline = std::chrono::steady_clock::now() + failure_body_wait;
  try {
    while (size < text.size()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      const auto count = body.read_for(std::span(text).subspan(size),
                                       std::max(left, std::chrono::milliseconds(0)));
      if (!count || *count == 0) break;
      size += *count;
    }
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the status says more than this
  }
  text.resize(size);
  return text;
}

[[noreturn]] void throw_http_error(StreamingResponse& response) {
  ResponseParts parts;
  parts.status = response.status();
  parts.headers = response.headers();
  parts.body = beginning_of_body(response.body());
  parts.metrics = response.metrics();
  parts.duration = parts.metrics.total;
  parts.request_id = response.request_id();
  parts.url = response.url();
  parts.method = response.method();
  parts.redirects = response.redirects();
  parts.tls = response.tls();
  throw_error(*HttpError::create(Response(std::move(parts))));
}

class Download {
 public:
  Download(const Client& client, const Request& request, std::string_view path,
           DownloadOptions options)
      : client_(client), request_(request), options_(std::move(options)), part_(path) {
    const RequestConfig& defaults = client.configuration().request_config();
    asked_.takes_coded = !request.config().over(defaults).decompression().value_or(true);
    if (!options_.resume) return;
    if (const std::optional<DownloadRecord> record = part_.recall(request.url())) {
      // When all of it is there, its last byte is fetched again: the server says whether it counts.
      asked_.offset = part_.bytes() == record->total ? part_.bytes() - 1 : part_.bytes();
      asked_.validator = record->validator;
      asked_.total = record->total;
    }
  }

  DownloadResult run() {
    for (;;) {  // three times at most: with a range, without, and decoding
      StreamingResponse response =
          client_.send(next_request(), SendOptions().set_stop_token(options_.stop_token)).get();
      switch (judge_download(response.status(), response.headers(), asked_)) {
        case DownloadVerdict::take_whole:
          return take_whole(response);
        case DownloadVerdict::take_rest:
          return take_rest(response);
        case DownloadVerdict::ask_for_whole:
          asked_ = {.takes_coded = asked_.takes_coded};
          break;
        case DownloadVerdict::ask_decoding:
          asked_ = {.takes_coded = true};
          is_decoding_ = true;
          break;
        case DownloadVerdict::refuse:
          refuse(response, "status 206 for a request without a range");
        case DownloadVerdict::deliver_failure:
          throw_http_error(response);
      }
    }
  }

 private:
  [[nodiscard]] Request next_request() const {
    RequestBuilder builder = Request::get(request_.url());
    builder.headers(request_.headers()).cookie_jar(request_.cookie_jar());
    builder.config(request_.config())
        .config(RequestConfig().set_raise_error_responses(false).set_decompression(is_decoding_));
    if (request_.timeout()) builder.timeout(*request_.timeout());
    if (request_.max_redirects()) builder.max_redirects(*request_.max_redirects());
    // Ranges count the bytes of the content as it is coded.
    if (!request_.headers().contains("accept-encoding"))
      builder.header("accept-encoding", "identity");
    if (asked_.offset > 0) {
      builder.header("range", fmt::format("bytes={}-", asked_.offset));
      builder.header("if-range", asked_.validator);
    }
    return builder.build();
  }

  DownloadResult take_whole(StreamingResponse& response) {
    const WallTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    // What was decoded on the way has other bytes than those that a range would count.
    const std::string validator =
        is_decoding_ ? std::string() : download_validator(response.headers(), now);
    total_ = response.body().size();
    part_.start_anew({.url = request_.url(), .validator = validator, .total = total_});
    return take(response);
  }

  DownloadResult take_rest(StreamingResponse& response) {
    part_.go_on_at(asked_.offset);
    total_ = download_total(response.headers(), asked_);
    return take(response);
  }

  DownloadResult take(StreamingResponse& response) {
    const std::uint64_t resumed = part_.bytes();
    std::vector<char> buffer(piece_bytes);
    while (const std::size_t size = response.body().read(buffer)) {
      if (total_ && size > *total_ - part_.bytes()) refuse_content(response);
      part_.write({buffer.data(), size});
      if (options_.progress) options_.progress(part_.bytes(), total_);
    }
    if (total_ && part_.bytes() != *total_) refuse_content(response);
    part_.publish();
    return {.status = response.status(),
            .bytes = part_.bytes(),
            .bytes_resumed = resumed,
            .headers = response.headers()};
  }

  /// The body has another length than its head says: then nothing that it says can be believed.
  [[noreturn]] void refuse_content(const StreamingResponse& response) {
    part_.start_anew({});
    refuse(response, fmt::format("the body is not of the {} bytes that it was said to have",
                                 *total_ - asked_.offset));
  }

  const Client& client_;
  const Request& request_;
  const DownloadOptions options_;
  DownloadPart part_;
  DownloadQuestion asked_;
  bool is_decoding_ = false;
  std::optional<std::uint64_t> total_;  // bytes of the content, if that is known
};

}  // namespace

DownloadResult Client::download(const Request& request, std::string_view path,
                                DownloadOptions options) const {
  refuse_on_agent_thread("Client::download");
  check_request(request);
  return Download(*this, request, path, std::move(options)).run();
}

}  // namespace async_http_pool
