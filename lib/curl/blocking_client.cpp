#include "curl/blocking_client.hpp"

#include "curl/easy_handle.hpp"
#include "curl/failure_description.hpp"
#include "curl/header_lines.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <utility>

#include <sys/socket.h>

namespace async_http_pool {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t bytes_a_header_line = 96;
constexpr std::size_t refused_bytes = static_cast<std::size_t>(-1);  // 0 would pass for no bytes

/// At least 1: 0 means no limit to libcurl.
long milliseconds_until(TimePoint deadline) noexcept {
  const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now()).count();
  return static_cast<long>(std::max<milliseconds::rep>(left, 1));
}

/// Whether an idle connection has something to be read or is closed. Some versions of libcurl take
/// stray bytes for the next response, others write into a closed connection (see quirks.hpp).
bool is_disturbed(curl_socket_t socket) noexcept {
  char byte = 0;
  const ssize_t count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/// One request and what comes back: all that libcurl needs until it is over.
class BlockingTransfer {
 public:
  BlockingTransfer(const BlockingRequest& request, const BlockingClientOptions& options)
      : header_lines_(request.headers.size(), request.headers.size() * bytes_a_header_line),
        response_(options.limits) {
    set_request(request);
    set_signing(options.signing);
    set_connection_options(options);
    set_callbacks();
  }

  [[nodiscard]] EasyHandle& easy() noexcept { return easy_; }

  void set_time_outs(milliseconds connect_timeout, TimePoint deadline) {
    const long left = milliseconds_until(deadline);
    easy_.set<CURLOPT_TIMEOUT_MS>(left);
    easy_.set<CURLOPT_CONNECTTIMEOUT_MS>(
        std::min(left, static_cast<long>(connect_timeout.count())));
  }

  [[nodiscard]] BlockingResult finish(CURLcode code, TimePoint deadline) {
    if (is_out_of_memory_) throw std::bad_alloc();
    if (response_.failure()) return *response_.failure();
    if (code != CURLE_OK && !response_.is_body_cut()) return describe(code, deadline);
    if (!response_.is_head_complete()) {
      return TransferFailure{.type = ErrorType::connection,
                             .code = ErrorCode::truncated_response,
                             .message = "connection was closed inside the response headers"};
    }
    BlockingResponse response = response_.take();
    response.retry_after = std::chrono::seconds(
        std::max<curl_off_t>(easy_.info<curl_off_t>(CURLINFO_RETRY_AFTER, 0), 0));
    return response;
  }

 private:
  void set_request(const BlockingRequest& request) {
    easy_.set<CURLOPT_URL>(request.url.c_str());
    for (const auto& [name, value] : request.headers) header_lines_.add(name, value);
    easy_.set<CURLOPT_HTTPHEADER>(header_lines_.list());
    easy_.set<CURLOPT_USERAGENT>("AsyncHttpPool");
    if (request.body) {
      easy_.set<CURLOPT_POSTFIELDSIZE_LARGE>(static_cast<curl_off_t>(request.body->size()));
      easy_.set<CURLOPT_POSTFIELDS>(request.body->empty() ? "" : request.body->data());
      // Above 1 MiB libcurl asks by `Expect` whether the body is wanted. It cannot be told not to
      // (a removed header gets signed below 8.3), but not to wait for the answer.
      easy_.set<CURLOPT_EXPECT_100_TIMEOUT_MS>(1L);
    }
    if (request.method != "GET") easy_.set<CURLOPT_CUSTOMREQUEST>(request.method.c_str());
  }

  void set_signing(const RequestSigning& signing) {
    easy_.set<CURLOPT_AWS_SIGV4>(signing.scope.c_str());
    easy_.set<CURLOPT_USERNAME>(signing.access_key_id.c_str());
    easy_.set<CURLOPT_PASSWORD>(signing.secret_access_key.c_str());
  }

  void set_connection_options(const BlockingClientOptions& options) {
    easy_.set<CURLOPT_NOSIGNAL>(1L);
    easy_.set<CURLOPT_QUICK_EXIT>(1L);  // a hanging resolver thread is left behind, not waited for
    easy_.set<CURLOPT_ERRORBUFFER>(error_text_.data());
    easy_.set<CURLOPT_PROTOCOLS_STR>("http,https");
    easy_.set<CURLOPT_FOLLOWLOCATION>(0L);
    easy_.set<CURLOPT_HTTP_VERSION>(static_cast<long>(CURL_HTTP_VERSION_1_1));
    easy_.set<CURLOPT_TCP_KEEPALIVE>(1L);
    easy_.set<CURLOPT_PROXY>("");  // unset, libcurl would ask the environment
    easy_.set<CURLOPT_NOPROXY>("");
    easy_.set<CURLOPT_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    easy_.set<CURLOPT_SSL_VERIFYPEER>(1L);
    easy_.set<CURLOPT_SSL_VERIFYHOST>(2L);
    if (!options.ca_file.empty()) {
      easy_.set<CURLOPT_CAINFO>(options.ca_file.c_str());
      easy_.set<CURLOPT_CAPATH>(nullptr);  // that file alone
    }
  }

  void set_callbacks() {
    easy_.set<CURLOPT_HEADERFUNCTION>(&BlockingTransfer::on_header);
    easy_.set<CURLOPT_HEADERDATA>(static_cast<void*>(this));
    easy_.set<CURLOPT_WRITEFUNCTION>(&BlockingTransfer::on_body);
    easy_.set<CURLOPT_WRITEDATA>(static_cast<void*>(this));
  }

  [[nodiscard]] TransferFailure describe(CURLcode code, TimePoint deadline) const {
    // Set when the request was about to be sent.
    const bool is_connected = easy_.info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T, 0) > 0;
    TransferFailure failure = describe_failure(
        code, error_text_.data(),
        {.is_connected = is_connected, .has_response_bytes = response_.has_bytes()});
    if (failure.type == ErrorType::timeout &&
        (is_connected || deadline - SteadyClock::now() < milliseconds(1))) {
      failure.code = ErrorCode::request_timeout;
    }
    return failure;
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept {
    auto& transfer = *static_cast<BlockingTransfer*>(self);
    try {
      return transfer.response_.add_header_line({data, size * count}) ? size * count : 0;
    } catch (const std::exception&) {
      transfer.is_out_of_memory_ = true;
      return 0;
    }
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    auto& transfer = *static_cast<BlockingTransfer*>(self);
    try {
      return transfer.response_.add_body({data, size * count}) ? size * count : refused_bytes;
    } catch (const std::exception&) {
      transfer.is_out_of_memory_ = true;
      return refused_bytes;
    }
  }

  HeaderLines header_lines_;
  BoundedResponse response_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  bool is_out_of_memory_ = false;
  EasyHandle easy_;  // last: ends before what it points at
};

/// An easy handle in a multi handle, for the time of a scope.
class Membership {
 public:
  Membership(MultiHandle& multi, EasyHandle& easy) : multi_(multi), easy_(easy) {
    multi_.add(easy_.get());
  }
  // Fails only for handles that are none.
  ~Membership() { static_cast<void>(curl_multi_remove_handle(multi_.get(), easy_.get())); }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  MultiHandle& multi_;
  EasyHandle& easy_;
};

}  // namespace

BlockingClient::BlockingClient(const BlockingClientOptions& options) : options_(options) {
  renew();
}

void BlockingClient::renew() {
  multi_.emplace();
  multi_->set<CURLMOPT_MAXCONNECTS>(1L);
  idle_socket_ = CURL_SOCKET_BAD;
}

BlockingResult BlockingClient::perform(const BlockingRequest& request, TimePoint deadline) {
  if (idle_socket_ != CURL_SOCKET_BAD && is_disturbed(idle_socket_)) renew();
  BlockingTransfer transfer(request, options_);
  transfer.set_time_outs(options_.connect_timeout, deadline);
  idle_socket_ = CURL_SOCKET_BAD;
  CURLcode code = CURLE_OK;
  {
    const Membership membership(*multi_, transfer.easy());
    code = drive(deadline);
    // A connection that was not kept is not told of.
    if (code == CURLE_OK) {
      idle_socket_ = transfer.easy().info(CURLINFO_ACTIVESOCKET, CURL_SOCKET_BAD);
    }
  }
  return transfer.finish(code, deadline);
}

CURLcode BlockingClient::drive(TimePoint deadline) {
  while (true) {
    int running = 0;
    check(curl_multi_perform(multi_->get(), &running), "curl_multi_perform");
    while (const CURLMsg* message = multi_->next_message()) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    if (SteadyClock::now() >= deadline) return CURLE_OPERATION_TIMEDOUT;
    multi_->poll({}, static_cast<int>(std::min(milliseconds_until(deadline), 1000L)));
  }
}

}  // namespace async_http_pool
