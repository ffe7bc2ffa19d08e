#include "agent/request_handler.hpp"

#include "agent/socket_table.hpp"
#include "curl/failure_description.hpp"
#include "http/method.hpp"

#include <cerrno>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace async_http_pool {

namespace {

constexpr std::size_t own_header_lines = 4;
constexpr std::size_t bytes_a_header_line = 48;
constexpr std::size_t refused_bytes =
    static_cast<std::size_t>(-1);  // CURL_WRITEFUNC_ERROR; 0 would pass for no bytes

ResponseLimits limits_of(const EffectiveOptions& options) noexcept {
  return {.body_bytes_max = options.max_response_size(),
          .header_bytes_max = options.max_header_size(),
          .header_count_max = options.max_header_count()};
}

/// Two addresses and two ports as one number (FNV-1a). A collision costs a needless reconnect at
/// worst.
std::uint64_t key_of(const char* remote_ip, const char* local_ip, int remote_port,
                     int local_port) noexcept {
  std::uint64_t key = 14695981039346656037ULL;
  const auto mix = [&key](std::uint64_t value) { key = (key ^ value) * 1099511628211ULL; };
  for (const char* c = remote_ip; *c != '\0'; ++c) mix(static_cast<unsigned char>(*c));
  for (const char* c = local_ip; *c != '\0'; ++c) mix(static_cast<unsigned char>(*c));
  mix(static_cast<std::uint64_t>(remote_port));
  mix(static_cast<std::uint64_t>(local_port));
  return key | 1;  // 0 means none
}

}  // namespace

RequestHandler::RequestHandler(TransferOrder order, TransferListener& listener,
                               RequestHandlerHost& host, EasyHandle easy)
    : order_(std::move(order)),
      listener_(listener),
      host_(host),
      easy_(std::move(easy)),
      header_lines_(order_.request.headers().size() + own_header_lines,
                    (order_.request.headers().size() + own_header_lines) * bytes_a_header_line),
      response_(limits_of(options()), order_.request.method() == "HEAD") {
  configure();
}

RequestHandler* RequestHandler::of(CURL* easy) noexcept {
  void* self = nullptr;
  if (easy != nullptr) curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return static_cast<RequestHandler*>(self);
}

void RequestHandler::restart_on_fresh_connection(CURLSH* share) {
  easy_ = EasyHandle();
  header_lines_.clear();
  configure();
  use_share(share);
  easy_.set<CURLOPT_FRESH_CONNECT>(1L);
  is_connection_poisoned_ = false;
  own_failure_.reset();
  opened_sockets_.clear();
  was_sent_ = false;
}

TransferResult RequestHandler::finish(CURLcode code) {
  if (code != CURLE_OK) {
    if (own_failure_) return fail(*std::exchange(own_failure_, std::nullopt));
    if (response_.failure()) return fail(*response_.failure());
    return fail(
        describe_failure(code, error_text_.data(),
                         {.is_connected = was_sent_,
                          .has_response_bytes = response_.header_bytes() > 0,
                          .proxy_connect_status = easy_.info<long>(CURLINFO_HTTP_CONNECTCODE, 0)}));
  }
  if (!response_.is_head_complete()) {
    return fail({.type = ErrorType::connection,
                 .code = ErrorCode::truncated_response,
                 .message = "connection was closed inside the response headers"});
  }
  TransferResult result;
  result.has_response_bytes = true;
  response_.move_to(result);
  return result;
}

TransferResult RequestHandler::fail(TransferFailure failure) {
  TransferResult result;
  result.has_response_bytes = response_.header_bytes() > 0;
  result.failure = std::move(failure);
  return result;
}

void RequestHandler::note_exception() noexcept {
  own_failure_ = TransferFailure{
      .type = ErrorType::unknown, .code = ErrorCode::out_of_resources, .message = "out of memory"};
}

void RequestHandler::note_missing_socket(int error) {
  if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM)
    return;  // no IPv6, say: libcurl goes on
  own_failure_ = TransferFailure{.type = ErrorType::connection,
                                 .code = ErrorCode::out_of_resources,
                                 .message = "no socket: " + std::generic_category().message(error),
                                 .never_sent = !was_sent_};
}

std::size_t RequestHandler::on_header(char* data, std::size_t size, std::size_t count,
                                      void* self) noexcept {
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    return handler.response_.add_header_line({data, size * count}) ? size * count : 0;
  } catch (const std::exception&) {
    handler.note_exception();
    return 0;
  }
}

std::size_t RequestHandler::on_body(char* data, std::size_t size, std::size_t count,
                                    void* self) noexcept {
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    return handler.response_.add_body({data, size * count}) ? size * count : refused_bytes;
  } catch (const std::exception&) {
    handler.note_exception();
    return refused_bytes;
  }
}

int RequestHandler::on_about_to_send(void* self, char* remote_ip, char* local_ip, int remote_port,
                                     int local_port) noexcept {
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    return handler.may_send(remote_ip, local_ip, remote_port, local_port) ? CURL_PREREQFUNC_OK
                                                                          : CURL_PREREQFUNC_ABORT;
  } catch (const std::exception&) {
    handler.note_exception();
    return CURL_PREREQFUNC_ABORT;
  }
}

bool RequestHandler::may_send(const char* remote_ip, const char* local_ip, int remote_port,
                              int local_port) {
  const bool is_silent_resend = was_sent_ && response_.header_bytes() == header_bytes_when_sent_;
  if (is_silent_resend && !is_idempotent(order_.request.method())) {
    own_failure_ =
        TransferFailure{.type = ErrorType::connection,
                        .code = ErrorCode::response_lost,
                        .message = "connection was lost before the response; a " +
                                   order_.request.method() + " request is not sent twice"};
    return false;
  }
  const std::uint64_t key = key_of(remote_ip, local_ip, remote_port, local_port);
  const bool is_new = host_.sockets().note_established(key, local_port, opened_sockets_);
  if (!is_new && host_.quirks().trusts_idle_connections &&
      host_.sockets().has_stray_input(key, *this)) {
    is_connection_poisoned_ = true;
    return false;
  }
  own_failure_.reset();  // of an address tried before
  was_sent_ = true;
  header_bytes_when_sent_ = response_.header_bytes();
  return true;
}

curl_socket_t RequestHandler::on_open_socket(void* self, curlsocktype purpose,
                                             curl_sockaddr* address) noexcept {
  static_cast<void>(purpose);
  auto& handler = *static_cast<RequestHandler*>(self);
  const int fd =
      handler.host_.sockets().open(address->family, address->socktype, address->protocol);
  try {
    if (fd < 0) {
      handler.note_missing_socket(errno);
      return CURL_SOCKET_BAD;
    }
    handler.opened_sockets_.push_back(fd);
  } catch (const std::exception&) {
    handler.note_exception();
  }
  return fd;
}

int RequestHandler::on_close_socket(void* sockets, curl_socket_t fd) noexcept {
  static_cast<SocketTable*>(sockets)->close(fd);
  return 0;
}

}  // namespace async_http_pool
