#include "raw_curl.hpp"
#include "requester.hpp"

#include <curl/curl.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace {

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

class RawRequester final : public Requester {
 public:
  explicit RawRequester(int requests_max)
      : multi_(curl_multi_init()), headers_(raw::library_headers()) {
    raw::check(curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, long{requests_max} + 10));
    thread_ = std::thread([this] { run(); });
  }
  // The requests under way go with the program.
  ~RawRequester() override {
    is_over_ = true;
    raw::check(curl_multi_wakeup(multi_));
    thread_.join();
  }

  void start(const std::string& url, EndListener& listener) override {
    {
      const std::lock_guard lock(mutex_);
      orders_.push_back({&url, &listener});
    }
    if (std::this_thread::get_id() != thread_.get_id()) raw::check(curl_multi_wakeup(multi_));
  }

 private:
  struct Order {
    const std::string* url;
    EndListener* listener;
  };

  void run() {
    while (!is_over_) {
      int running = 0;
      take_orders();
      raw::check(curl_multi_perform(multi_, &running));
      reap();
      take_orders();
      raw::check(curl_multi_poll(multi_, nullptr, 0, 1000, nullptr));
    }
  }

  void take_orders() {
    std::vector<Order> orders;
    {
      const std::lock_guard lock(mutex_);
      orders.swap(orders_);
    }
    for (const Order& order : orders) add(order);
  }

  void add(const Order& order) {
    CURL* easy = curl_easy_init();
    raw::check(curl_easy_setopt(easy, CURLOPT_URL, order.url->c_str()));
    raw::check(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop));
    raw::check(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop));
    raw::check(curl_easy_setopt(easy, CURLOPT_PRIVATE, order.listener));
    raw::check(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L));
    raw::check(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
    raw::check(curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_));
    raw::check(curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""));
    raw::check(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60'000L));
    raw::check(curl_multi_add_handle(multi_, easy));
  }

  void reap() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      EndListener* listener = nullptr;
      long status = 0;
      raw::check(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &listener));
      raw::check(curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status));
      raw::check(curl_multi_remove_handle(multi_, easy));
      curl_easy_cleanup(easy);
      listener->on_end(code == CURLE_OK && status / 100 == 2);
    }
  }

  CURLM* multi_;
  curl_slist* headers_;
  std::mutex mutex_;
  std::vector<Order> orders_;  // guarded by mutex_
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Requester> make_raw_requester(int requests_max) {
  return std::make_unique<RawRequester>(requests_max);
}
