// The part of RequestHandler that tells libcurl what to do. Options as LIBCURL.md 3.10 recommends.

#include "agent/request_handler.hpp"
#include "agent/socket_table.hpp"
#include "curl/curl_library.hpp"
#include "curl/option_actions.hpp"

namespace async_http_pool {

void RequestHandler::configure() {
  easy_.set<CURLOPT_URL>(order_.request.url().c_str());
  easy_.set<CURLOPT_NOSIGNAL>(1L);
  easy_.set<CURLOPT_QUICK_EXIT>(1L);  // a hanging resolver thread is left behind, not waited for
  easy_.set<CURLOPT_ERRORBUFFER>(error_text_.data());
  easy_.set<CURLOPT_PRIVATE>(static_cast<void*>(this));
  easy_.set<CURLOPT_ACCEPT_ENCODING>(decodable_encodings().c_str());  // switches decoding on
  set_body_and_method();
  set_header_lines();
  set_connection_options();
  set_callbacks();
}

void RequestHandler::set_body_and_method() {
  const std::string& method = order_.request.method();
  const auto& body = order_.request.body();
  if (method == "HEAD") {
    easy_.set<CURLOPT_NOBODY>(1L);
    return;
  }
  const bool announces_body =
      body.has_value() || method == "POST" || method == "PUT" || method == "PATCH";
  if (announces_body) {
    // The request, and so its body, lives as long as this handler: libcurl need not copy it.
    easy_.set<CURLOPT_POST>(1L);
    easy_.set<CURLOPT_POSTFIELDSIZE_LARGE>(static_cast<curl_off_t>(body ? body->size() : 0));
    easy_.set<CURLOPT_POSTFIELDS>(body ? body->data() : "");
    // What libcurl would add by itself.
    if (!order_.request.headers().contains("content-type")) header_lines_.suppress("content-type");
    header_lines_.suppress("expect");
  }
  if (method != (announces_body ? "POST" : "GET")) easy_.set<CURLOPT_CUSTOMREQUEST>(method.c_str());
}

void RequestHandler::set_header_lines() {
  const Headers& headers = order_.request.headers();
  const std::string& user_agent = options().user_agent();
  for (const auto& [name, value] : headers) {
    if (name != "x-request-id") header_lines_.add(name, value);
  }
  header_lines_.add("x-request-id", order_.request_id);
  // As lines, not by their options: libcurl formats those twice, byte by byte.
  if (!headers.contains("user-agent") && !user_agent.empty()) {
    header_lines_.add("user-agent", user_agent);
  }
  if (!headers.contains("accept-encoding")) {
    header_lines_.add("accept-encoding", decodable_encodings());
  }
  easy_.set<CURLOPT_HTTPHEADER>(header_lines_.list());
}

void RequestHandler::set_connection_options() {
  const bool is_https = order_.request.url().starts_with("https");
  const EffectiveOptions options = this->options();
  tell_libcurl({.easy = easy_, .options = options, .is_https = is_https});
  easy_.set<CURLOPT_TCP_KEEPALIVE>(1L);
  if (is_https) set_tls_options();
}

void RequestHandler::set_tls_options() {
  easy_.set<CURLOPT_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  easy_.set<CURLOPT_SSL_VERIFYPEER>(1L);
  easy_.set<CURLOPT_SSL_VERIFYHOST>(2L);
  if (loaded_curl_has_http2()) {
    easy_.set<CURLOPT_HTTP_VERSION>(static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // A burst to a new host waits for the first connection instead of opening many.
    easy_.set<CURLOPT_PIPEWAIT>(1L);
  }
}

void RequestHandler::set_callbacks() {
  void* const self = this;
  easy_.set<CURLOPT_HEADERFUNCTION>(&RequestHandler::on_header);
  easy_.set<CURLOPT_HEADERDATA>(self);
  easy_.set<CURLOPT_WRITEFUNCTION>(&RequestHandler::on_body);
  easy_.set<CURLOPT_WRITEDATA>(self);
  easy_.set<CURLOPT_PREREQFUNCTION>(&RequestHandler::on_about_to_send);
  easy_.set<CURLOPT_PREREQDATA>(self);
  easy_.set<CURLOPT_OPENSOCKETFUNCTION>(&RequestHandler::on_open_socket);
  easy_.set<CURLOPT_OPENSOCKETDATA>(self);
  // Kept with the connection and called when this handler is long gone: it gets what lives as long
  // as the agent.
  easy_.set<CURLOPT_CLOSESOCKETFUNCTION>(&RequestHandler::on_close_socket);
  easy_.set<CURLOPT_CLOSESOCKETDATA>(static_cast<void*>(&host_.sockets()));
}

}  // namespace async_http_pool
