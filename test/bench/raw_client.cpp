// The bare libcurl loop that `ahp bench` is compared with: same arguments, same line of output.
//
//   raw_client [--mode poll|epoll] [--handles reuse|fresh] [--headers bare|same] [--cacert FILE]
//   URL N CONCURRENCY [HOLD_URL HOLD]
//
// --mode poll is curl_multi_poll + curl_multi_perform, epoll is curl_multi_socket_action. --handles
// fresh makes a new easy handle for each request, as a library must with libcurl before 8.1.
// --headers same sends the headers that `ahp bench` sends, so that both put the same bytes on the
// wire. Errors of libcurl end it.

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Plan {
  std::map<std::string, std::string> options = {
      {"mode", "poll"}, {"handles", "reuse"}, {"headers", "bare"}, {"cacert", ""}};
  std::string url;
  std::size_t requests = 0;
  std::size_t concurrency = 0;
  std::string hold_url;
  std::size_t hold = 0;

  [[nodiscard]] bool is(const char* option, std::string_view value) const {
    return options.at(option) == value;
  }
};

Plan parse(int argc, char** argv) {
  Plan plan;
  std::vector<std::string> operands;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--") && plan.options.contains(word.substr(2)) && i + 1 < argc) {
      plan.options[word.substr(2)] = argv[++i];
    } else {
      operands.push_back(word);
    }
  }
  if (operands.size() != 3 && operands.size() != 5)
    throw std::invalid_argument("URL N CONCURRENCY [HOLD_URL HOLD]");
  plan.url = operands[0];
  plan.requests = std::stoul(operands[1]);
  plan.concurrency = std::stoul(operands[2]);
  if (operands.size() == 5) {
    plan.hold_url = operands[3];
    plan.hold = std::stoul(operands[4]);
  }
  return plan;
}

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

void check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
}

long memory_kb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::atol(line.c_str() + field.size() + 1);
  }
  return 0;
}

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::size_t drop_header(char*, std::size_t size, std::size_t count, void*) { return size * count; }

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

// The place of one request in flight.
struct Slot {
  std::unique_ptr<CURL, EasyCleanup> easy;
  std::string body;
  Clock::time_point begun;
  bool is_held = false;
};

class Client {
 public:
  explicit Client(const Plan& plan)
      : plan_(plan), slots_(plan.concurrency), held_(plan.hold), multi_(curl_multi_init()) {
    latencies_us_.reserve(plan.requests);
    check(curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                            static_cast<long>(plan.concurrency + plan.hold + 10)));
    check(curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000L));
    for (const char* line :
         {"x-request-id: 3f2b8c1e-7a54-4d0f-9c6b-1e2d3c4b5a69", "user-agent: AsyncHttpPool",
          "accept-encoding: gzip, deflate, br, zstd"}) {
      same_headers_ = curl_slist_append(same_headers_, line);
    }
    if (plan.is("mode", "poll")) return;
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    check(curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket));
    check(curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this));
    check(curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer));
    check(curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this));
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() =
      default;  // the process ends without waiting for held requests, and so without cleaning up

  // Starts the held requests and drives them for a while. Returns the memory they took, in KiB.
  long hold() {
    if (held_.empty()) return 0;
    const long before_kb = memory_kb("VmRSS");
    for (Slot& slot : held_) {
      slot.is_held = true;
      start(slot);
    }
    const char* settle = std::getenv("BENCH_SETTLE");
    const std::chrono::duration<double> time(settle != nullptr ? std::atof(settle) : 3.0);
    for (const auto end = Clock::now() + time; Clock::now() < end;) turn(20);
    return memory_kb("VmRSS") - before_kb;
  }

  void run() {
    for (Slot& slot : slots_) start_next(slot);
    while (latencies_us_.size() < plan_.requests) turn(1000);
  }

  [[nodiscard]] std::vector<float>& latencies_us() { return latencies_us_; }
  [[nodiscard]] std::size_t failed_count() const { return failed_; }

 private:
  void start_next(Slot& slot) {
    if (started_ == plan_.requests) return;
    ++started_;
    start(slot);
  }

  void start(Slot& slot) {
    if (!slot.easy || plan_.is("handles", "fresh")) set_up(slot);
    slot.body.clear();
    slot.begun = Clock::now();
    check(curl_multi_add_handle(multi_, slot.easy.get()));
  }

  void set_up(Slot& slot) {
    slot.easy.reset(curl_easy_init());
    CURL* easy = slot.easy.get();
    check(curl_easy_setopt(easy, CURLOPT_URL, (slot.is_held ? plan_.hold_url : plan_.url).c_str()));
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
    if (!plan_.url.starts_with("https:")) return;
    check(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS)));
    check(curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L));
    check(curl_easy_setopt(easy, CURLOPT_CAINFO, plan_.options.at("cacert").c_str()));
    check(curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr));
  }

  void turn(int limit_ms) {
    int running = 0;
    if (epoll_ < 0) {
      check(curl_multi_poll(multi_, nullptr, 0, limit_ms, nullptr));
      check(curl_multi_perform(multi_, &running));
    } else {
      turn_epoll(limit_ms);
    }
    reap();
  }

  void turn_epoll(int limit_ms) {
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

  void reap() {
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

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
    const Client& client = *static_cast<Client*>(self);
    if (what == CURL_POLL_REMOVE) return epoll_ctl(client.epoll_, EPOLL_CTL_DEL, fd, nullptr), 0;
    epoll_event event{};
    event.data.fd = fd;
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    epoll_ctl(client.epoll_, known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    if (known == nullptr) curl_multi_assign(client.multi_, fd, self);
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    Client& client = *static_cast<Client*>(self);
    client.has_timer_ = ms >= 0;
    client.due_ = Clock::now() + std::chrono::milliseconds(ms);
    return 0;
  }

  const Plan& plan_;
  std::vector<Slot> slots_;
  std::vector<Slot> held_;
  CURLM* multi_;
  curl_slist* same_headers_ = nullptr;
  std::vector<float> latencies_us_;
  std::size_t started_ = 0;
  std::size_t failed_ = 0;
  int epoll_ = -1;
  bool has_timer_ = false;
  Clock::time_point due_;
};

double in_microseconds(const timeval& end, const timeval& begin) {
  return static_cast<double>(end.tv_sec - begin.tv_sec) * 1e6 +
         static_cast<double>(end.tv_usec - begin.tv_usec);
}

void measure(const Plan& plan) {
  Client client(plan);
  const long held_kb = client.hold();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto begin = Clock::now();
  client.run();
  const double wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
  rusage after{};
  getrusage(RUSAGE_SELF, &after);

  const double n = static_cast<double>(plan.requests);
  const double user_us = in_microseconds(after.ru_utime, before.ru_utime) / n;
  const double system_us = in_microseconds(after.ru_stime, before.ru_stime) / n;
  std::vector<float>& latencies = client.latencies_us();
  std::sort(latencies.begin(), latencies.end());
  const auto percentile = [&](double fraction) {
    return latencies[static_cast<std::size_t>(fraction * (n - 1))];
  };
  fmt::print(
      "{{\"client\":\"raw-{}-{}\",\"n\":{},\"c\":{},\"wall_s\":{:.4f},\"rps\":{:.0f},\"cpu_us_per_"
      "req\":{:.2f},"
      "\"user_us\":{:.2f},\"sys_us\":{:.2f},\"p50_us\":{:.0f},\"p99_us\":{:.0f},\"failed\":{},"
      "\"rss_kb\":{}",
      plan.options.at("mode"), plan.options.at("handles"), plan.requests, plan.concurrency, wall_s,
      n / wall_s, user_us + system_us, user_us, system_us, percentile(0.5), percentile(0.99),
      client.failed_count(), memory_kb("VmHWM"));
  if (plan.hold > 0) {
    fmt::print(",\"hold\":{},\"held_kb_per_req\":{:.2f}", plan.hold,
               static_cast<double>(held_kb) / static_cast<double>(plan.hold));
  }
  fmt::print(",\"library\":\"{}\"}}\n", curl_version());
  std::fflush(stdout);
  std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    check(curl_global_init(CURL_GLOBAL_ALL));
    measure(parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "raw_client: {}\n", error.what());
    return 2;
  }
}
