#include "curl/easy_handle_shelf.hpp"

#include <set>
#include <utility>
#include <vector>

#include "curl/curl_library.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

constexpr int rounds = 200;  // more than a shelf keeps

/// A share tells by the outcome of its clean-up whether handles that joined it live.
class Share {
 public:
  Share() {
    initialize_curl();
    share_ = curl_share_init();
  }
  ~Share() { REQUIRE(end() == CURLSHE_OK); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  CURLSHcode end() {
    const CURLSHcode code = share_ == nullptr ? CURLSHE_OK : curl_share_cleanup(share_);
    if (code == CURLSHE_OK) share_ = nullptr;
    return code;
  }
  [[nodiscard]] EasyHandle joined() const {
    EasyHandle handle;
    handle.set<CURLOPT_SHARE>(share_);
    return handle;
  }

 private:
  CURLSH* share_ = nullptr;
};

TEST_CASE("a shelf that is used keeps handles until it ends itself") {
  Share share;
  {
    EasyHandleShelf shelf(true);
    shelf.put(share.joined());
    CHECK(share.end() == CURLSHE_IN_USE);
  }
  CHECK(share.end() == CURLSHE_OK);
}

TEST_CASE("a shelf that is not used ends handles at once and gives fresh ones") {
  Share share;
  EasyHandleShelf shelf(false);
  shelf.put(share.joined());
  CHECK(share.end() == CURLSHE_OK);
  CHECK(shelf.take().get() != nullptr);
}

TEST_CASE("a handle on a shelf is used again, in the state of a new one") {
  EasyHandleShelf shelf(true);
  int mark = 0;
  EasyHandle handle;
  CURL* const used = handle.get();
  handle.set<CURLOPT_PRIVATE>(static_cast<void*>(&mark));
  shelf.put(std::move(handle));

  const EasyHandle again = shelf.take();
  REQUIRE(again.get() == used);
  CHECK(again.info<void*>(CURLINFO_PRIVATE, &mark) == nullptr);
}

TEST_CASE("a shelf never gives a handle twice") {
  EasyHandleShelf shelf(true);
  for (int i = 0; i < rounds; ++i) shelf.put(EasyHandle());
  std::vector<EasyHandle> taken;
  std::set<CURL*> distinct;
  for (int i = 0; i < rounds; ++i) {
    taken.push_back(shelf.take());
    distinct.insert(taken.back().get());
  }
  CHECK(distinct.size() == rounds);
}

TEST_CASE("a shelf keeps a limited number of handles") {
  Share share;
  EasyHandleShelf shelf(true);
  for (int i = 0; i < rounds; ++i) shelf.put(EasyHandle());
  for (int i = 0; i < 4; ++i) shelf.put(share.joined());  // no place left: ended
  CHECK(share.end() == CURLSHE_OK);
}

TEST_CASE("one handle that goes round is always the same") {
  EasyHandleShelf shelf(true);
  std::set<CURL*> seen;
  for (int i = 0; i < rounds; ++i) {
    EasyHandle handle = shelf.take();
    seen.insert(handle.get());
    shelf.put(std::move(handle));
  }
  CHECK(seen.size() == 1);
}

}  // namespace
}  // namespace async_http_pool
