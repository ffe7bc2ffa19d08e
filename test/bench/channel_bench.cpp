// What handing over a request costs the thread that does it: prints a line of JSON for each figure,
// medians of several rounds.
//
//   channel_bench channel   posting to the agents' channel, by 1 and by 4 threads, while another
//                           thread takes the messages
//   channel_bench enqueue   Processor::try_enqueue by one thread: while the agent is inside a
//                           callback, so awake for sure, and while it takes what is posted
//   channel_bench count     the same once, while the agent is inside a callback, between write(2)
//                           calls of "begin" and "end" to descriptor -1: marks for strace(1)
//
// No request gets an answer, and most are never sent; no server takes part.

#include "base/mpsc_channel.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <async_http_pool/async_http_pool.hpp>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace {

std::atomic<std::size_t> wakeups = 0;

}  // namespace

// In place of libcurl's: the only way that the library has to wake an agent.
extern "C" CURLMcode curl_multi_wakeup(CURLM* multi) {
  using Wakeup = CURLMcode (*)(CURLM*);
  static const auto original = reinterpret_cast<Wakeup>(dlsym(RTLD_NEXT, "curl_multi_wakeup"));
  wakeups.fetch_add(1);
  return original(multi);
}

namespace {

using namespace std::chrono_literals;
using async_http_pool::Configuration;
using async_http_pool::EnqueueResult;
using async_http_pool::MpscChannel;
using async_http_pool::MpscNode;
using async_http_pool::Processor;
using async_http_pool::Request;
using async_http_pool::RequestTask;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 11;

double nanoseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// --- The channel ---

struct Message : MpscNode {
  std::size_t producer = 0;
  std::size_t number = 0;
};

constexpr std::size_t messages_each = 1'000'000;

// Takes all messages, and sees to it that none is lost or comes before an older one.
void consume(MpscChannel<Message>& channel, std::size_t producers) {
  std::vector<std::size_t> next(producers);
  for (std::size_t left = producers * messages_each; left > 0;) {
    auto batch = channel.take();
    if (batch.empty()) std::this_thread::yield();
    while (const Message* message = batch.pop()) {
      if (message->number != next[message->producer]++) std::terminate();
      --left;
    }
  }
}

// Nanoseconds from the first post to the last.
double post_all(std::size_t producers) {
  MpscChannel<Message> channel;
  std::vector<std::vector<Message>> messages(producers);
  std::barrier start(static_cast<std::ptrdiff_t>(producers) + 1);
  std::vector<std::jthread> threads;
  for (std::size_t producer = 0; producer < producers; ++producer) {
    auto& own = messages[producer] = std::vector<Message>(messages_each);
    for (std::size_t i = 0; i < own.size(); ++i) {
      own[i].producer = producer;
      own[i].number = i;
    }
    threads.emplace_back([&channel, &start, &own] {
      start.arrive_and_wait();
      for (Message& message : own) static_cast<void>(channel.post(message));
    });
  }
  const std::jthread consumer([&] { consume(channel, producers); });
  const auto begin = Clock::now();
  start.arrive_and_wait();
  threads.clear();  // joins
  return nanoseconds(Clock::now() - begin);
}

void measure_channel(std::size_t producers) {
  std::vector<double> each_ns;
  for (int round = 0; round < rounds; ++round)
    each_ns.push_back(post_all(producers) / static_cast<double>(producers * messages_each));
  const double ns = median(each_ns);
  fmt::print("{{\"bench\":\"channel\",\"producers\":{},\"ns\":{:.1f},\"million_per_s\":{:.2f}}}\n",
             producers, ns, 1e3 / ns);
}

// --- enqueue ---

/// A port of this machine that takes connections and never answers, or refuses them.
class Port {
 public:
  enum class Kind { silent, refusing };

  explicit Port(Kind kind) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const bool is_ready = socket_ >= 0 && bind(socket_, generic, size) == 0 &&
                          (kind == Kind::refusing || listen(socket_, 16) == 0) &&
                          getsockname(socket_, generic, &size) == 0;
    if (!is_ready) throw std::system_error(errno, std::generic_category(), "no port");
    url_ = fmt::format("http://127.0.0.1:{}/tiny", ntohs(address.sin_port));
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() { close(socket_); }

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  int socket_;
  std::string url_;
};

/// Keeps the agent inside the first callback until it is let go.
class Gate final : public async_http_pool::TaskHandler {
 public:
  void on_complete(const async_http_pool::Response&, std::string_view) override {}
  void on_error(const async_http_pool::Error&, std::string_view) override {
    is_reached_ = true;
    is_reached_.notify_one();
    is_open_.wait(false);
  }
  void retry() override {}

  void wait_until_reached() { is_reached_.wait(false); }
  void open() {
    is_open_ = true;
    is_open_.notify_one();
  }

 private:
  std::atomic<bool> is_reached_ = false;
  std::atomic<bool> is_open_ = false;
};

class SilentHandler final : public async_http_pool::TaskHandler {
 public:
  void on_complete(const async_http_pool::Response&, std::string_view) override {}
  void on_error(const async_http_pool::Error&, std::string_view) override {}
  void retry() override {}
};

Configuration make_configuration() {
  Configuration configuration;
  configuration.set_max_connections(100'000)
      .set_retries(0)
      .set_slow_callback_threshold(1h)
      .set_client_config(async_http_pool::ClientConfig(configuration.client_config())
                             .set_max_in_flight_per_host(1));
  return configuration;
}

struct Costs {
  double make_ns = 0;
  double enqueue_ns = 0;
  double wakeups_each = 0;
};

std::vector<RequestTask> make_tasks(const Request& request, std::size_t count, Costs& costs) {
  const auto handler = std::make_shared<SilentHandler>();
  std::vector<RequestTask> tasks;
  tasks.reserve(count);
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < count; ++i) tasks.emplace_back(request, handler, "bench");
  costs.make_ns = nanoseconds(Clock::now() - begin) / static_cast<double>(count);
  return tasks;
}

Costs enqueue_all(Processor& processor, const Request& request, std::size_t count,
                  bool is_marked = false) {
  Costs costs;
  std::vector<RequestTask> tasks = make_tasks(request, count, costs);
  std::size_t accepted = 0;
  const std::size_t wakeups_before = wakeups;
  if (is_marked) static_cast<void>(write(-1, "begin", 5) == 0);
  const auto begin = Clock::now();
  for (RequestTask& task : tasks)
    accepted += processor.try_enqueue(task) == EnqueueResult::accepted ? 1 : 0;
  const auto end = Clock::now();
  if (is_marked) static_cast<void>(write(-1, "end", 3) == 0);
  if (accepted != count) throw std::runtime_error("a task was refused");
  costs.enqueue_ns = nanoseconds(end - begin) / static_cast<double>(count);
  costs.wakeups_each = static_cast<double>(wakeups - wakeups_before) / static_cast<double>(count);
  return costs;
}

// The agent is in a callback meanwhile; then it fails to connect for each request.
Costs enqueue_while_in_callback(Processor& processor, const Request& request, bool is_marked) {
  const auto gate = std::make_shared<Gate>();
  processor.enqueue({request, gate, "gate"});
  gate->wait_until_reached();
  const Costs costs = enqueue_all(processor, request, 2'000, is_marked);
  gate->open();
  if (!processor.wait_until_idle(60s)) throw std::runtime_error("the agent does not get on");
  return costs;
}

// The agent takes the requests and lines them up behind the first, which waits for its answer.
Costs enqueue_while_taking(const Request& request) {
  Processor processor(make_configuration());
  processor.start();
  processor.enqueue({request, std::make_shared<SilentHandler>(), "first"});
  while (processor.inflight_count() == 0) std::this_thread::yield();
  const Costs costs = enqueue_all(processor, request, 20'000);
  processor.stop(0ms);
  return costs;
}

void print(const char* agent, const std::vector<Costs>& all) {
  const auto median_of = [&all](double Costs::*member) {
    std::vector<double> values;
    for (const Costs& costs : all) values.push_back(costs.*member);
    return median(values);
  };
  fmt::print(
      "{{\"bench\":\"enqueue\",\"agent\":\"{}\",\"ns\":{:.1f},\"make_ns\":{:.1f},"
      "\"wakeups\":{:.6f}}}\n",
      agent, median_of(&Costs::enqueue_ns), median_of(&Costs::make_ns),
      median_of(&Costs::wakeups_each));
}

void measure_enqueue(bool is_marked) {
  const Port refusing(Port::Kind::refusing);
  const Port silent(Port::Kind::silent);
  const Request failing = Request::get(refusing.url()).build();
  Processor processor(make_configuration());
  processor.start();
  // The first rounds bring the heap to its size.
  for (int round = 0; round < 2; ++round) enqueue_while_in_callback(processor, failing, false);
  std::vector<Costs> in_callback;
  for (int round = 0; round < (is_marked ? 1 : rounds); ++round)
    in_callback.push_back(enqueue_while_in_callback(processor, failing, is_marked));
  print("in a callback", in_callback);
  processor.stop(0ms);
  if (is_marked) return;

  const Request waiting = Request::get(silent.url()).build();
  std::vector<Costs> taking;
  for (int round = 0; round < rounds; ++round) taking.push_back(enqueue_while_taking(waiting));
  print("taking", taking);
}

}  // namespace

int main(int argc, char** argv) {
  // The heap keeps what it has, so that no round pays for pages that another gave back.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  const std::string_view what = argc == 2 ? argv[1] : "";
  try {
    if (what == "channel") {
      measure_channel(1);
      measure_channel(4);
    } else if (what == "enqueue" || what == "count") {
      measure_enqueue(what == "count");
    } else {
      fmt::print(stderr, "usage: channel_bench channel|enqueue|count\n");
      return 2;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "channel_bench: {}\n", error.what());
    return 1;
  }
}
