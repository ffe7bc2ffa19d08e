#include "agent/request_handler.hpp"

#include "agent/address_guard.hpp"
#include "agent/socket_table.hpp"
#include "curl/failure_description.hpp"
#include "curl/transfer_metrics.hpp"

#include <cerrno>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace async_http_pool {

namespace {

constexpr std::size_t own_header_lines = 4;
constexpr std::size_t bytes_a_header_line = 48;
constexpr int poisoned_connections_max = 3;
/// What can come of what libcurl is told to offer (see `tell_http_version`).
int major_http_version_max(HttpVersion wanted, bool is_https) noexcept {
  switch (wanted) {
    case HttpVersion::automatic:
      return is_https ? 2 : 1;
    case HttpVersion::http1_0:
    case HttpVersion::http1_1:
      return 1;
    case HttpVersion::http2_prior_knowledge:
      return 2;
    case HttpVersion::http3:
      break;
  }
  return 3;
}

ResponseLimits limits_of(const EffectiveOptions& options, const TransferOrder& order) noexcept {
  const std::string_view url = order.request.url();
  return {
      .body_bytes_max = options.max_response_size(),
      .header_bytes_max = options.max_header_size(),
      .header_count_max = options.max_header_count(),
      .major_http_version_max =
          major_http_version_max(options.http_version(), url.starts_with("https")),
      .decompression_ratio_max =
          options.decompression() ? static_cast<std::size_t>(options.max_decompression_ratio()) : 0,
      .are_bodies_decoded = options.decompression(),
      .may_stream = order.streams_body};
}

TimeLimits time_limits_of(const TransferOrder& order, const EffectiveOptions& options) noexcept {
  return {.deadline = order.deadline,
          .timeout = order.timeout,
          .attempt = options.attempt_timeout(),
          .first_byte = options.first_byte_timeout(),
          .idle = options.idle_timeout()};
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

RequestHandler::RequestHandler(PostedOrder&& posted, RequestHandlerHost& host)
    : order_(std::move(posted.order)),
      listener_(posted.listener),
      host_(host),
      options_(order_.request.config(), host.configuration().request_config()),
      header_lines_(order_.request.headers().size() + own_header_lines,
                    (order_.request.headers().size() + own_header_lines) * bytes_a_header_line),
      body_(order_.request, order_.remote.get()),
      response_(limits_of(options(), order_), order_.request.method() == "HEAD"),
      clock_(time_limits_of(order_, options())),
      tap_(std::move(posted.tap)) {
  if (posted.answer == nullptr) return;
  canned_ = std::make_unique<CannedTransfer>(
      std::move(posted.answer), static_cast<CannedTransferHost&>(*this), host.timers());
}

void* RequestHandler::operator new(std::size_t size) {
  if (void* const memory = recycled_malloc(size)) return memory;
  throw std::bad_alloc();
}

void RequestHandler::prepare(EasyHandle easy) {
  easy_ = std::move(easy);
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
  is_restarted_ = true;
  own_failure_.reset();
  opened_sockets_.clear();
  tls_.reset();
  needs_close_notify_ = false;
  was_sent_ = false;
  start_clock(SteadyClock::now());
}

void RequestHandler::arm(TimePoint time) {
  armed_for_ = time;
  host_.timers().schedule(*this, time);
}

void RequestHandler::arm_if_sooner() noexcept {
  // Not while it is about to end: libcurl reports progress once more when a transfer is taken away.
  if (is_scheduled() && clock_.next_due() < armed_for_) arm(clock_.next_due());
}

void RequestHandler::start_clock(TimePoint now) {
  clock_.on_started(now);
  uploaded_ = 0;
  downloaded_ = 0;
  arm(clock_.next_due());
}

void RequestHandler::note_received() noexcept {
  clock_.on_received(SteadyClock::now());
  arm_if_sooner();
}

TransferResult RequestHandler::finish(CURLcode code) {
  if (body_.failure()) return fail(*body_.failure());
  if (code != CURLE_OK) {
    if (own_failure_) return fail(*std::exchange(own_failure_, std::nullopt));
    if (response_.failure()) return fail(*response_.failure());
    return fail(describe(code));
  }
  if (!response_.is_head_complete()) {
    return fail({.type = ErrorType::connection,
                 .code = ErrorCode::truncated_response,
                 .message = "connection was closed inside the response headers"});
  }
  if (needs_close_notify_ && !has_close_notify_) {
    return fail({.type = ErrorType::connection,
                 .code = ErrorCode::truncated_response,
                 .message = "connection ended without a word of the server (close_notify)"});
  }
  TransferResult result;
  result.has_response_bytes = true;
  response_.move_to(result);
  if (tap_) tap_->on_end(result.trailers);
  // RFC 9110, section 10.1.1: to be repeated without asking, whatever was sent.
  result.is_expectation_refused = is_asking_ && result.status == 417;
  result.is_streamed = sink_ != nullptr;
  add_measurements(result);
  return result;
}

void RequestHandler::add_measurements(TransferResult& result) {
  result.metrics = measure();
  result.tls = std::exchange(tls_, std::nullopt);
}

TransferFailure RequestHandler::describe(CURLcode code) const {
  TransferFailure failure =
      describe_failure(code, error_text_.data(),
                       {.is_connected = was_sent_,
                        .has_response_bytes = has_response_bytes(),
                        .is_wordless_http2_refusal = host_.quirks().refuses_streams_wordlessly,
                        .is_https = order_.request.url().starts_with("https"),
                        .proxy = proxy_for(options(), order_.request.url()),
                        .proxy_connect_status = easy_.info<long>(CURLINFO_HTTP_CONNECTCODE, 0)});
  if (failure.code == ErrorCode::connect_timeout)
    failure.message = clock_.describe_connect_timeout(SteadyClock::now());
  return failure;
}

TransferResult RequestHandler::fail(TransferFailure failure) {
  TransferResult result;
  result.has_response_bytes = has_response_bytes();
  result.failure = std::move(failure);
  result.is_streamed = sink_ != nullptr;
  add_measurements(result);
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

void RequestHandler::forget_refused_address() noexcept {
  if (!own_failure_) return;
  const bool is_of_address = own_failure_->code == ErrorCode::forbidden_address;
  const bool is_missing_socket = own_failure_->code == ErrorCode::out_of_resources &&
                                 own_failure_->type == ErrorType::connection;
  if (is_of_address || is_missing_socket) own_failure_.reset();
}

void RequestHandler::note_poisoned_connection() {
  // Not with the first request on a fresh connection, but perhaps with the next round of its
  // authentication, each time anew.
  is_connection_poisoned_ = ++poisoned_connections_ <= poisoned_connections_max;
  if (is_connection_poisoned_) return;
  own_failure_ = TransferFailure{.type = ErrorType::connection,
                                 .code = ErrorCode::connection_lost,
                                 .message = "connections were lost before they were used again"};
}

std::size_t RequestHandler::on_header(char* data, std::size_t size, std::size_t count,
                                      void* self) noexcept {
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    const bool was_complete = handler.response_.is_head_complete();
    if (!handler.response_.add_header_line({data, size * count})) return 0;
    if (handler.tap_ && !was_complete && handler.response_.is_head_complete())
      handler.tap_->on_head(handler.response_.status(), handler.response_.visible_headers());
    if (handler.clock_.needs_progress() && handler.response_.status() >= 200)
      handler.note_received();
    // A stream of HTTP/2 ends by itself, whatever is left of its body.
    if (handler.response_.is_last_of_connection() ||
        (handler.has_answer_instead_of_body() && !handler.is_multiplexed()))
      handler.easy_.set<CURLOPT_FORBID_REUSE>(1L);
    if (handler.is_upload_pointless()) handler.host_.on_news(handler);
    handler.watch_end();
    if (!handler.may_have_another_round() && !handler.ask_for_sink()) return 0;
    return size * count;
  } catch (const std::exception&) {
    handler.note_exception();
    return 0;
  }
}

bool RequestHandler::add_body(std::string_view bytes) {
  if (!response_.add_body(bytes)) return false;
  if (!response_.needs_ratio_check()) return true;
  return response_.check_ratio(static_cast<std::size_t>(encoded_bytes()));
}

std::size_t RequestHandler::on_body(char* data, std::size_t size, std::size_t count,
                                    void* self) noexcept {
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    if (!handler.ask_for_sink()) return refused_bytes;
    const std::string_view bytes(data, size * count);
    std::size_t taken = refused_bytes;
    if (handler.sink_ != nullptr) {
      taken = handler.stream_body(bytes);
    } else if (handler.add_body(bytes)) {
      taken = bytes.size();
    }
    if (handler.tap_ && taken == bytes.size()) handler.tap_->on_body(bytes);
    return taken;
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
  const std::uint64_t key = key_of(remote_ip, local_ip, remote_port, local_port);
  // Also when it is not used after all: libcurl has put the request into it.
  auto connection_use = host_.sockets().note_established(key, local_port, opened_sockets_);
  if (is_silent_resend()) {
    if (!may_resend()) return false;
    is_resent_ = true;
  }
  connection_use_ = std::move(connection_use);
  // After some 417 libcurl goes round by itself; it would ask again, and go round for ever.
  if (was_sent_ && response_.status() == 417) withdraw_expectation();
  const bool is_new = connection_use_ != nullptr;
  switch (fitness_of_connection(remote_ip, is_new)) {
    case Fitness::forbidden:
      return false;
    case Fitness::needs_another:
      is_connection_poisoned_ = true;
      return false;
    case Fitness::fits:
      break;
  }
  if (!is_new && host_.quirks().trusts_idle_connections &&
      host_.sockets().has_stray_input(key, *this)) {
    note_poisoned_connection();
    return false;
  }
  host_.sockets().note_used(key, *this);
  note_tls_session();
  clock_.on_connected(SteadyClock::now(), body_.has_bytes());
  if (is_asking_) await_go_ahead();
  arm_if_sooner();
  own_failure_.reset();  // of an address tried before
  was_sent_ = true;
  header_bytes_when_sent_ = response_.header_bytes();
  is_upload_given_up_ = false;  // which was in another round
  return true;
}

void RequestHandler::note_tls_session() {
  if (!order_.request.url().starts_with("https:")) return;  // a proxy may have one
  tls_ = tls_info_of(
      easy_, options().keep_peer_certificates() ? PeerCertificates::keep : PeerCertificates::leave);
  if (!tls_) return;
  if (tls_->alpn == "h2") host_.on_multiplexed(*this);
  const int major_version = tls_->alpn == "h2" ? 2 : 1;
  if (options().http_version() != HttpVersion::http3)
    response_.set_major_http_version_max(major_version);
}

RequestHandler::Fitness RequestHandler::fitness_of_connection(std::string_view remote_ip,
                                                              bool is_new) {
  if (!is_guarded(options(), order_.request.url())) return Fitness::fits;
  auto objection = objection_to_address(options(), remote_ip);
  if (!objection) return Fitness::fits;
  // Who opened it may have had other options; a connection of its own is made once.
  if (!is_new && !is_restarted_) return Fitness::needs_another;
  own_failure_ = std::move(objection);
  return Fitness::forbidden;
}

curl_socket_t RequestHandler::on_open_socket(void* self, curlsocktype purpose,
                                             curl_sockaddr* address) noexcept {
  static_cast<void>(purpose);
  auto& handler = *static_cast<RequestHandler*>(self);
  try {
    if (handler.is_silent_resend() && !handler.may_resend()) return CURL_SOCKET_BAD;
    const EffectiveOptions& options = handler.options();
    auto objection = is_guarded(options, handler.order_.request.url())
                         ? objection_to_address(options, address->addr)
                         : std::nullopt;
    if (objection) {
      handler.own_failure_ = std::move(objection);
      return CURL_SOCKET_BAD;  // libcurl goes on to the next address
    }
  } catch (const std::exception&) {
    handler.note_exception();
    return CURL_SOCKET_BAD;
  }
  const int fd =
      handler.host_.sockets().open(address->family, address->socktype, address->protocol);
  try {
    if (fd < 0) {
      handler.note_missing_socket(errno);
      return CURL_SOCKET_BAD;
    }
    handler.opened_sockets_.push_back(fd);
    handler.forget_refused_address();
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
