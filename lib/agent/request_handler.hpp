#pragma once

#include "agent/canned_transfer.hpp"
#include "agent/origin_queue.hpp"
#include "agent/posted_order.hpp"
#include "agent/response_collector.hpp"
#include "agent/transfer_clock.hpp"
#include "agent/transport.hpp"
#include "base/block_cache.hpp"
#include "base/intrusive_list.hpp"
#include "base/timer_queue.hpp"
#include "config/effective_options.hpp"
#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "curl/quirks.hpp"
#include "curl/request_body.hpp"
#include "curl/url_handle.hpp"

#include <async_http_pool/configuration.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace async_http_pool {

class Lane;
class RequestHandler;
class SocketTable;
struct ConnectionUse;
struct OptionContext;
struct Origin;

/// What request handlers need of their agent.
class RequestHandlerHost {
 public:
  virtual void on_handler_due(RequestHandler& handler) = 0;
  /// Its connection carries many requests at a time. Inside a libcurl callback.
  virtual void on_multiplexed(RequestHandler& handler) = 0;
  /// There is something to tell its listener: call `tell_news` and `feed_source` soon, outside of
  /// libcurl's callbacks, one of which this may be.
  virtual void on_news(RequestHandler& handler) noexcept = 0;
  /// The transfer, which libcurl never got, is over: `finish` knows how.
  virtual void on_played(RequestHandler& handler, CURLcode code) = 0;
  [[nodiscard]] virtual SocketTable& sockets() noexcept = 0;
  [[nodiscard]] virtual TimerQueue& timers() noexcept = 0;
  [[nodiscard]] virtual const Configuration& configuration() const noexcept = 0;
  [[nodiscard]] virtual const Quirks& quirks() const noexcept = 0;

 protected:
  ~RequestHandlerHost() = default;
};

/// What a request handler that has news is in a list by.
class RequestHandlerNews : public ListNode<RequestHandlerNews> {
 protected:
  ~RequestHandlerNews() = default;
};

/// What a request handler whose transfer is over is in a list by, until it is reported and then
/// until its memory is used again.
struct RequestHandlerEnd : public ListNode<RequestHandlerEnd> {
  CURLcode outcome = CURLE_OK;  ///< what libcurl says of it

 protected:
  ~RequestHandlerEnd() = default;
};

/// One transfer: the easy handle, which it gets when it is its turn, what libcurl calls back about
/// it, and the response so far. agent-thread
class RequestHandler final : public ListNode<RequestHandler>,
                             public RequestHandlerNews,
                             public RequestHandlerEnd,
                             public OriginQueue::Entry,
                             public Timer,
                             private CannedTransferHost {
 public:
  using News = RequestHandlerNews;
  using End = RequestHandlerEnd;

  /// Where it is at present; kept by the agent, its lanes and its socket table.
  struct Placement {
    struct Socket {
      int fd = -1;
      std::uint32_t generation = 0;
      friend bool operator==(const Socket&, const Socket&) = default;
    };
    Lane* lane = nullptr;
    Origin* origin = nullptr;
    Socket socket;  ///< the one that libcurl last named for it
  };

  /// Throws `std::bad_alloc`. `host` and the order's listener must outlive it.
  RequestHandler(PostedOrder&& posted, RequestHandlerHost& host);
  ~RequestHandler() = default;
  static void* operator new(std::size_t size);
  static void operator delete(void* memory) noexcept { recycled_free(memory); }

  [[nodiscard]] static RequestHandler* of(CURL* easy) noexcept;
  [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
  [[nodiscard]] const TransferOrder& order() const noexcept { return order_; }
  [[nodiscard]] const EffectiveOptions& options() const noexcept { return options_; }
  [[nodiscard]] TransferListener& listener() noexcept { return listener_; }

  /// Tells `easy`, which is as good as new, all about the request: once, before what comes below.
  /// May bring an obstacle. Throws `CurlError` and `std::bad_alloc`.
  void prepare(EasyHandle easy);
  /// What it ends with instead of being sent: one of its options cannot be followed.
  [[nodiscard]] const std::optional<TransferFailure>& obstacle() const noexcept {
    return obstacle_;
  }
  /// Prepares the body, before each time that libcurl gets it: may bring an obstacle. Throws
  /// `CurlError`.
  void open_body();
  /// Has `on_due` called at `time`, instead of any other time.
  void arm(TimePoint time);
  /// It is handed to libcurl: from now on its time limits count.
  void start_clock(TimePoint now);
  [[nodiscard]] const TransferClock& clock() const noexcept { return clock_; }
  /// Whether libcurl is to be called for its socket, since its body waits for "100 Continue" for
  /// longer than it may. When the clock is due.
  [[nodiscard]] bool is_body_overdue(TimePoint now) noexcept;

  /// Joins the agent's share; before the first start.
  void use_share(CURLSH* share);
  /// Spares libcurl to parse its URL; null: it does. Before each time that libcurl gets it.
  void use_url(std::shared_ptr<const UrlHandle> url);
  /// Whether the attempt that just ended must be made again: the connection was found poisoned
  /// before anything was sent on it.
  [[nodiscard]] bool needs_fresh_connection() const noexcept { return is_connection_poisoned_; }
  /// Makes it ready for that.
  void restart_on_fresh_connection(CURLSH* share);

  [[nodiscard]] bool is_multiplexed() const noexcept {
    return easy_.info<long>(CURLINFO_HTTP_VERSION, 0) >= CURL_HTTP_VERSION_2_0;
  }
  [[nodiscard]] bool was_sent_over_http2() const noexcept;
  /// Whether others send on its connection while it is under way.
  [[nodiscard]] bool may_share_connection() const noexcept;
  /// When it is taken away, its connection is closed, unless others use it.
  void close_connection_if_unused() noexcept;
  /// Has libcurl send what waits to be sent on its connection, of HTTP/2. As `resume_body`.
  [[nodiscard]] CURLcode flush_connection() noexcept;
  /// Tells the listener what came since the last time.
  void tell_news() noexcept;
  /// Goes on with a body that its sink refused. What libcurl answers; the transfer is over when it
  /// is an error.
  [[nodiscard]] CURLcode resume_body() noexcept;
  /// Reads from the source of the request's body, if libcurl waits for it; not if the source said
  /// "later" and has given no notice since. As above.
  enum class SourceNotice { none, given };
  [[nodiscard]] CURLcode feed_source(SourceNotice notice) noexcept;

  /// Whether it has its answer already, and libcurl is not to get it.
  [[nodiscard]] bool is_canned() const noexcept { return canned_ != nullptr; }
  /// Instead: begins to play that.
  void play();
  /// What the playing waits for is there, perhaps.
  void go_on();
  void stop_playing() noexcept {
    if (canned_ != nullptr) canned_->stop();
  }

  /// The outcome, when libcurl says `code`; the handle has left its multi.
  [[nodiscard]] TransferResult finish(CURLcode code);
  /// The outcome when it is ended from outside.
  [[nodiscard]] TransferResult fail(TransferFailure failure);
  /// Nobody reads from the source of its body any more.
  void close_body() noexcept { body_.close(); }
  /// The easy handle, for another request; an empty one when there was none yet. After
  /// `close_body`.
  [[nodiscard]] EasyHandle take_easy() noexcept { return std::move(easy_); }

  void on_due() override { host_.on_handler_due(*this); }

  Placement placement;

 private:
  // What a libcurl callback answers when it refuses bytes: CURL_WRITEFUNC_ERROR; 0 would pass for
  // no bytes.
  static constexpr std::size_t refused_bytes = static_cast<std::size_t>(-1);

  void configure();
  void set_header_lines();
  void add_expectation();
  void withdraw_expectation() noexcept;
  void await_go_ahead() noexcept;
  /// Whether the server gave its final answer where it was asked for the body, which then is not
  /// sent: to the server the next bytes of the connection could be that body.
  [[nodiscard]] bool has_answer_instead_of_body() const noexcept;
  void set_connection_options();
  void set_credentials(const OptionContext& context);
  void set_route(const EffectiveOptions& options);
  void set_stream_options();
  void set_callbacks();
  void watch_progress();
  void watch_source();
  void watch_end();

  // Called by libcurl.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_about_to_send(void* self, char* remote_ip, char* local_ip, int remote_port,
                              int local_port) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* sockets, curl_socket_t fd) noexcept;
  [[nodiscard]] bool may_send(const char* remote_ip, const char* local_ip, int remote_port,
                              int local_port);
  /// Of the response to what was sent last: not those of an earlier round of an authentication.
  [[nodiscard]] bool has_response_bytes() const noexcept {
    return response_.header_bytes() > header_bytes_when_sent_;
  }
  /// libcurl is sending the request again although nothing of a response came.
  [[nodiscard]] bool is_silent_resend() const noexcept;
  /// Whether that is let through; if not, what the transfer fails with is noted.
  [[nodiscard]] bool may_resend();
  [[nodiscard]] bool is_http1_required() const noexcept;
  enum class Fitness { fits, needs_another, forbidden };
  [[nodiscard]] Fitness fitness_of_connection(std::string_view remote_ip, bool is_new);
  static int on_progress(void* self, curl_off_t download_total, curl_off_t downloaded,
                         curl_off_t upload_total, curl_off_t uploaded) noexcept;
  [[nodiscard]] bool add_body(std::string_view bytes);

  // CannedTransferHost
  Progress send_body() override;
  bool receive_line(std::string_view line) override;
  bool expects_body() const noexcept override { return response_.may_have_body(); }
  Progress receive_body(std::string_view bytes) override;
  void on_played(Progress progress, std::optional<TransferFailure> failure) override;
  void note_bytes() noexcept;
  /// Of the response's body, before decoding.
  [[nodiscard]] curl_off_t encoded_bytes() const noexcept;
  [[nodiscard]] Metrics measure() const;

  /// Whether libcurl may go on with another round, and forget this response.
  [[nodiscard]] bool may_have_another_round() const noexcept;
  [[nodiscard]] bool ask_for_sink();
  [[nodiscard]] std::size_t stream_body(std::string_view bytes);
  /// The answer is there, an error, and the rest of the request's body of no use.
  [[nodiscard]] bool is_upload_pointless() const noexcept;
  enum class SendAnyway { no, yes };  // although the body's source has nothing yet
  [[nodiscard]] CURLcode unpause(SendAnyway anyway = SendAnyway::no) noexcept;
  void arm_if_sooner() noexcept;
  void note_received() noexcept;
  [[nodiscard]] TransferFailure describe(CURLcode code) const;
  void note_tls_session();
  void add_measurements(TransferResult& result);
  void note_exception() noexcept;
  void note_missing_socket(int error);
  /// Another address is tried: what becomes of that one counts.
  void forget_refused_address() noexcept;
  void note_poisoned_connection();

  TransferOrder order_;
  TransferListener& listener_;
  RequestHandlerHost& host_;
  const EffectiveOptions options_;  // of order_ and host_
  EasyHandle easy_{nullptr};
  std::shared_ptr<const UrlHandle> url_;  // shared with the agent's cache, and its other requests
  HeaderLines header_lines_;
  RequestBody body_;
  std::string route_text_;
  curl_slist route_{};  // of route_text_; libcurl keeps a pointer to it
  ResponseCollector response_;
  TransferClock clock_;
  TimePoint armed_for_{};
  curl_off_t uploaded_ = 0;
  curl_off_t downloaded_ = 0;
  std::optional<TransferFailure> obstacle_;
  std::optional<TransferFailure>
      own_failure_;  // found by us inside a callback; libcurl only knows "aborted"
  std::vector<int> opened_sockets_;
  std::optional<TlsInfo> tls_;  // as the request went out; libcurl does not know it any more later
  std::shared_ptr<const ConnectionUse> connection_use_;  // of one that was opened for this
  std::size_t header_bytes_when_sent_ = 0;
  BodySink* sink_ = nullptr;  // of the listener, which knows when it ends
  std::unique_ptr<TransferHead> untold_head_;
  bool is_sink_asked_for_ = false;
  bool has_untold_bytes_ = false;
  bool has_untold_progress_ = false;
  bool is_body_paused_ = false;  // the sink is full
  bool is_upload_given_up_ = false;
  bool was_sent_ = false;
  bool is_resent_ = false;           // by libcurl
  bool needs_close_notify_ = false;  // nothing else tells that the body is complete
  bool has_close_notify_ = false;
  bool is_asking_ = false;  // for "100 Continue"
  bool is_connection_poisoned_ = false;
  int poisoned_connections_ = 0;
  bool is_restarted_ = false;
  std::unique_ptr<CannedTransfer> canned_;
  std::unique_ptr<TransferTap> tap_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace async_http_pool
