// The part of RequestHandler that tells libcurl what to do. Options as LIBCURL.md 3.10 recommends.

#include "agent/address_guard.hpp"
#include "agent/request_handler.hpp"
#include "agent/socket_table.hpp"
#include "agent/transfer_remote.hpp"
#include "curl/auth_actions.hpp"
#include "curl/curl_library.hpp"
#include "curl/option_actions.hpp"
#include "curl/unusable_option.hpp"
#include "http/connection_route.hpp"
#include "http/cookie_field.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {
namespace {

// What libcurl receives at once of a body that is streamed; 16 KiB is its default.
constexpr std::size_t piece_bytes_min = std::size_t{16} << 10;
constexpr std::size_t piece_bytes_max = std::size_t{64} << 10;

}  // namespace

void RequestHandler::configure() {
  easy_.set<CURLOPT_URL>(order_.request.url().c_str());
  easy_.set<CURLOPT_NOSIGNAL>(1L);
  easy_.set<CURLOPT_QUICK_EXIT>(1L);  // a hanging resolver thread is left behind, not waited for
  easy_.set<CURLOPT_ERRORBUFFER>(error_text_.data());
  easy_.set<CURLOPT_PRIVATE>(static_cast<void*>(this));
  if (options().decompression())
    easy_.set<CURLOPT_ACCEPT_ENCODING>(decodable_encodings().c_str());  // switches decoding on
  if (options().title_case_headers()) header_lines_.use_title_case();
  body_.configure(easy_, header_lines_);
  set_header_lines();
  set_connection_options();
  if (order_.streams_body) set_stream_options();
  set_callbacks();
}

void RequestHandler::set_stream_options() {
  // Large bodies cost by the piece: as many bytes at once as the reader's buffer takes. The memory
  // is touched only as far as bytes come.
  const auto piece_bytes =
      std::clamp(options().stream_buffer_size(), piece_bytes_min, piece_bytes_max);
  easy_.set<CURLOPT_BUFFERSIZE>(static_cast<long>(piece_bytes));
  if (host_.quirks().breaks_paused_streams && options().http_version() == HttpVersion::automatic)
    easy_.set<CURLOPT_HTTP_VERSION>(static_cast<long>(CURL_HTTP_VERSION_1_1));
}

void RequestHandler::set_header_lines() {
  const Headers& headers = order_.request.headers();
  const std::string& user_agent = options().user_agent();
  const bool joins_cookies = !order_.cookies.empty() || headers.get_all("cookie").size() > 1;
  for (const auto& [name, value] : headers) {
    if (name != "x-request-id" && !(joins_cookies && name == "cookie"))
      header_lines_.add(name, value);
  }
  if (joins_cookies) header_lines_.add("cookie", cookie_field(headers, order_.cookies));
  header_lines_.add("x-request-id", order_.request_id);
  // As lines, not by their options: libcurl formats those twice, byte by byte.
  if (!headers.contains("user-agent") && !user_agent.empty()) {
    header_lines_.add("user-agent", user_agent);
  }
  if (options().decompression() && !headers.contains("accept-encoding")) {
    header_lines_.add("accept-encoding", decodable_encodings());
  }
  if (RequestBody::is_in(order_.request)) add_expectation();
  easy_.set<CURLOPT_HTTPHEADER>(header_lines_.list());
}

void RequestHandler::open_body() {
  if (obstacle_) return;
  try {
    obstacle_ = body_.open(easy_);
  } catch (const std::bad_alloc&) {
    obstacle_ = TransferFailure{.type = ErrorType::unknown,
                                .code = ErrorCode::out_of_resources,
                                .message = "out of memory"};
  }
  if (is_asking_ && !body_.has_bytes()) withdraw_expectation();  // nothing to ask for
}

void RequestHandler::set_connection_options() {
  const bool is_https = order_.request.url().starts_with("https");
  const EffectiveOptions& options = this->options();
  const OptionContext context{
      .easy = easy_, .options = options, .url = order_.request.url(), .is_https = is_https};
  try {
    tell_libcurl(context);
    set_credentials(context);
  } catch (const UnusableOption& error) {
    obstacle_ = TransferFailure{
        .type = error.type(), .code = error.code(), .message = error.what(), .never_sent = true};
  }
  set_route(options);
  if (!obstacle_) obstacle_ = objection_to_request(options, order_.request.url());
}

void RequestHandler::set_credentials(const OptionContext& context) {
  // A header of the application's own goes before credentials of the client.
  if (order_.request.headers().contains("authorization")) return;
  if (const auto credentials = credentials_for(context.options, context.url))
    tell_credentials(context, *credentials);
}

void RequestHandler::use_share(CURLSH* share) {
  if (may_share_addresses(options())) easy_.set<CURLOPT_SHARE>(share);
}

void RequestHandler::use_url(std::shared_ptr<const UrlHandle> url) {
  url_ = std::move(url);
  // Beside CURLOPT_URL, which libcurl 7.88 would otherwise write down from this.
  if (url_ != nullptr) easy_.set<CURLOPT_CURLU>(url_->get());
}

void RequestHandler::set_route(const EffectiveOptions& options) {
  if (options.connect_to().empty() && options.resolve().empty()) return;
  const Url url = Url::parse(order_.request.url());
  const auto route = route_of({.host = std::string(url.host()), .port = url.port()},
                              {.connect_to = options.connect_to(),
                               .resolve = options.resolve(),
                               .ip_family = options.ip_family()});
  if (!route) return;
  // Addresses too, rather than by CURLOPT_RESOLVE: that would tell them to all requests of the
  // agent, while libcurl keeps connections of another route apart.
  route_text_ = fmt::format("::{}:{}", route->host, route->port);
  route_ = {.data = route_text_.data(), .next = nullptr};
  easy_.set<CURLOPT_CONNECT_TO>(&route_);
}

void RequestHandler::set_callbacks() {
  void* const self = this;
  easy_.set<CURLOPT_HEADERFUNCTION>(&RequestHandler::on_header);
  easy_.set<CURLOPT_HEADERDATA>(self);
  easy_.set<CURLOPT_WRITEFUNCTION>(&RequestHandler::on_body);
  easy_.set<CURLOPT_WRITEDATA>(self);
  easy_.set<CURLOPT_PREREQFUNCTION>(&RequestHandler::on_about_to_send);
  easy_.set<CURLOPT_PREREQDATA>(self);
  if (clock_.needs_progress() || order_.wants_progress) watch_progress();
  if (order_.request.body_source() != nullptr) watch_source();
  easy_.set<CURLOPT_OPENSOCKETFUNCTION>(&RequestHandler::on_open_socket);
  easy_.set<CURLOPT_OPENSOCKETDATA>(self);
  // Kept with the connection and called when this handler is long gone: it gets what lives as long
  // as the agent.
  easy_.set<CURLOPT_CLOSESOCKETFUNCTION>(&RequestHandler::on_close_socket);
  easy_.set<CURLOPT_CLOSESOCKETDATA>(static_cast<void*>(&host_.sockets()));
}

void RequestHandler::watch_source() {
  body_.set_on_hungry([this] { host_.on_news(*this); });
  // Whoever calls it may come too late.
  if (order_.remote) body_.set_notify([remote = order_.remote] { remote->resume_source(); });
}

void RequestHandler::watch_progress() {
  // libcurl calls it for each transfer that it moves on, so only where it is needed. It counts what
  // is sent, whoever supplies it, and what is received before it is decoded.
  easy_.set<CURLOPT_XFERINFOFUNCTION>(&RequestHandler::on_progress);
  easy_.set<CURLOPT_XFERINFODATA>(static_cast<void*>(this));
  easy_.set<CURLOPT_NOPROGRESS>(0L);
}

void RequestHandler::watch_end() {
  if (is_sink_asked_for_) return;  // trailers
  needs_close_notify_ = tls_ && tls_->alpn != "h2" && response_.ends_with_connection();
  if (needs_close_notify_) watch_progress();
}

}  // namespace async_http_pool
