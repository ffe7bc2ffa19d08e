#include "base/name_lookup.hpp"

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/socket.h>

#include "base/signal_block.hpp"

namespace async_http_pool {
namespace {

struct Question {
  std::string host;
  std::string port;
};

struct Answer {
  AddressList addresses;
  int failure = 0;  // EAI_...
  int error = 0;    // errno, of EAI_SYSTEM
};

/// Between who waits and the thread that looks up; the one that is done last destroys it.
struct Lookup {
  Question question;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_over = false;  // guarded by mutex
  Answer answer;         // guarded by mutex
};

Answer ask(const Question& question, int flags) noexcept {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  Answer answer;
  answer.failure = ::getaddrinfo(question.host.c_str(), question.port.c_str(), &hints, &found);
  answer.error = errno;
  if (answer.failure == 0) answer.addresses.reset(found);
  return answer;
}

NameLookup result_of(Answer answer) {
  if (answer.failure == 0) return {.addresses = std::move(answer.addresses), .problem = {}};
  return {.addresses = nullptr,
          .problem = answer.failure == EAI_SYSTEM ? std::system_category().message(answer.error)
                                                  : ::gai_strerror(answer.failure)};
}

/// A thread that takes none of the application's signals. Throws `std::system_error`.
void start(const std::shared_ptr<Lookup>& lookup) {
  const SignalBlock block;
  std::thread([lookup] {
    Answer answer = ask(lookup->question, /*flags=*/0);
    const std::lock_guard lock(lookup->mutex);
    lookup->answer = std::move(answer);
    lookup->is_over = true;
    lookup->changed.notify_all();
  }).detach();
}

}  // namespace

NameLookup look_up_host(const std::string& host, int port, TimePoint deadline) {
  const Question question{.host = host, .port = std::to_string(port)};
  Answer at_once = ask(question, AI_NUMERICHOST);
  if (at_once.failure != EAI_NONAME) return result_of(std::move(at_once));

  const auto lookup = std::make_shared<Lookup>();
  lookup->question = question;
  try {
    start(lookup);
  } catch (const std::system_error& error) {
    return {.addresses = nullptr, .problem = std::string("no thread for it: ") + error.what()};
  }
  std::unique_lock lock(lookup->mutex);
  if (!lookup->changed.wait_until(lock, deadline, [&] { return lookup->is_over; })) {
    return {.addresses = nullptr, .problem = "no answer in time"};
  }
  return result_of(std::move(lookup->answer));
}

}  // namespace async_http_pool
