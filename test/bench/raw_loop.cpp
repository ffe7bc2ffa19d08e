#include "raw_loop.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace raw {

namespace {

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::size_t drop_header(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// The library keeps the idle connections of 100 hosts, if it is not told otherwise.
std::size_t kept_connections(const Plan& plan) {
  return plan.concurrency + plan.hold + std::min<std::size_t>(plan.urls.size(), 100) + 10;
}

}  // namespace

long memory_kb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::atol(line.c_str() + field.size() + 1);
  }
  return 0;
}

Loop::Loop(const Plan& plan)
    : plan_(plan),
      slots_(plan.concurrency),
      held_(plan.hold),
      multi_(curl_multi_init()),
      share_(curl_share_init()),
      same_headers_(library_headers()) {
  latencies_us_.reserve(plan.requests);
  check(curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(kept_connections(plan))));
  check(curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000L));
  // Without it, and with fresh handles, no TLS session would ever be resumed.
  if (curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
    throw std::runtime_error("curl_share_setopt failed");
  if (plan.is("mode", "poll")) return;
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  check(curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket));
  check(curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this));
  check(curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer));
  check(curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this));
}

long Loop::hold() {
  if (held_.empty()) return 0;
  const long before_kb = memory_kb("VmRSS");
  for (Slot& slot : held_) {
    slot.is_held = true;
    start(slot, plan_.hold_url);
  }
  const char* settle = std::getenv("BENCH_SETTLE");
  const std::chrono::duration<double> time(settle != nullptr ? std::atof(settle) : 3.0);
  for (const auto end = Clock::now() + time; Clock::now() < end;) turn(20);
  return memory_kb("VmRSS") - before_kb;
}

void Loop::run() {
  for (Slot& slot : slots_) start_next(slot);
  while (latencies_us_.size() < plan_.requests) turn(1000);
}

void Loop::start_next(Slot& slot) {
  if (started_ == plan_.requests) return;
  start(slot, plan_.urls[started_++ % plan_.urls.size()]);
}

void Loop::start(Slot& slot, const std::string& url) {
  const bool is_new = !slot.easy;
  if (is_new || plan_.is("handles", "fresh")) set_up(slot);
  if (is_new || plan_.is("handles", "fresh") || plan_.urls.size() > 1)
    check(curl_easy_setopt(slot.easy.get(), CURLOPT_URL, url.c_str()));
  slot.body.clear();
  slot.begun = Clock::now();
  check(curl_multi_add_handle(multi_, slot.easy.get()));
}

void Loop::set_up(Slot& slot) {
  slot.easy.reset(curl_easy_init());
  CURL* easy = slot.easy.get();
  check(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append_body));
  check(curl_easy_setopt(easy, CURLOPT_WRITEDATA, &slot.body));
  check(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop_header));
  check(curl_easy_setopt(easy, CURLOPT_PRIVATE, &slot));
  check(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L));
  check(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
  if (plan_.is("headers", "same")) {
    check(curl_easy_setopt(easy, CURLOPT_HTTPHEADER, same_headers_));
    check(curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""));
  }
  check(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, slot.is_held ? 600'000L : 60'000L));
  if (plan_.is("connections", "new")) {
    check(curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L));
    check(curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L));
  }
  if (plan_.urls.front().starts_with("https:")) set_up_tls(easy);
}

void Loop::set_up_tls(CURL* easy) {
  const long version =
      plan_.is("http", "1.1") ? long{CURL_HTTP_VERSION_1_1} : long{CURL_HTTP_VERSION_2TLS};
  check(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version));
  check(curl_easy_setopt(easy, CURLOPT_PIPEWAIT, plan_.is("http", "1.1") ? 0L : 1L));
  check(curl_easy_setopt(easy, CURLOPT_CAINFO, plan_.options.at("cacert").c_str()));
  check(curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr));
  check(curl_easy_setopt(easy, CURLOPT_SHARE, share_));
}

void Loop::turn(int limit_ms) {
  int running = 0;
  if (epoll_ < 0) {
    check(curl_multi_poll(multi_, nullptr, 0, limit_ms, nullptr));
    check(curl_multi_perform(multi_, &running));
  } else {
    turn_epoll(limit_ms);
  }
  reap();
}

void Loop::turn_epoll(int limit_ms) {
  int running = 0;
  epoll_event events[512];
  int wait_ms = limit_ms;
  if (has_timer_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - Clock::now()).count();
    wait_ms = static_cast<int>(std::clamp<long>(left, 0, limit_ms));
  }
  const int count = epoll_wait(epoll_, events, 512, wait_ms);
  if (has_timer_ && Clock::now() >= due_) {
    has_timer_ = false;
    check(curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running));
  }
  for (int i = 0; i < count; ++i) {
    const auto seen = events[i].events;
    const int mask = ((seen & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                     ((seen & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((seen & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    check(curl_multi_socket_action(multi_, events[i].data.fd, mask, &running));
  }
}

void Loop::reap() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    Slot* slot = nullptr;
    long status = 0;
    const CURLcode result = message->data.result;
    check(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot));
    check(curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status));
    check(curl_multi_remove_handle(multi_, slot->easy.get()));
    if (slot->is_held) continue;
    latencies_us_.push_back(
        std::chrono::duration<float, std::micro>(Clock::now() - slot->begun).count());
    if ((result != CURLE_OK || status / 100 != 2) && failed_++ == 0) {
      fmt::print(stderr, "first failure: {}, status {}\n", curl_easy_strerror(result), status);
    }
    start_next(*slot);
  }
}

int Loop::on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
  const Loop& loop = *static_cast<Loop*>(self);
  if (what == CURL_POLL_REMOVE) return epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, fd, nullptr), 0;
  epoll_event event{};
  event.data.fd = fd;
  event.events =
      ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  epoll_ctl(loop.epoll_, known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  if (known == nullptr) curl_multi_assign(loop.multi_, fd, self);
  return 0;
}

int Loop::on_timer(CURLM*, long ms, void* self) {
  Loop& loop = *static_cast<Loop*>(self);
  loop.has_timer_ = ms >= 0;
  loop.due_ = Clock::now() + std::chrono::milliseconds(ms);
  return 0;
}

}  // namespace raw
