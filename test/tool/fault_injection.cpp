// Preloaded into ahp, makes happen what cannot be had otherwise. FAULT says what, and EVERY how
// often:
//
//   poll    each EVERY-th curl_multi_poll fails, of which an agent dies
//   disk    each EVERY-th fsync of a library finds no space left
//   memory  each EVERY-th allocation by the program itself, not by its libraries, fails on the
//           threads of agents
#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

// Only agents call curl_multi_poll and epoll_wait; one that has work from the start only the
// latter.
[[gnu::tls_model("initial-exec")]] thread_local bool is_agent_thread = false;
std::atomic<unsigned long> chances = 0;

bool happens(std::string_view fault) noexcept {
  const char* const wanted = std::getenv("FAULT");
  const char* const every = std::getenv("EVERY");
  if (wanted == nullptr || every == nullptr || fault != wanted) return false;
  return ++chances % std::strtoul(every, nullptr, 10) == 0;
}

template <typename Function>
Function next_function(const char* name) noexcept {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_in_program(const void* code) noexcept {
  Dl_info program{};
  Dl_info caller{};
  const auto* const headers = reinterpret_cast<const void*>(::getauxval(AT_PHDR));
  return ::dladdr(headers, &program) != 0 && ::dladdr(code, &caller) != 0 &&
         program.dli_fbase == caller.dli_fbase;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] CURLMcode curl_multi_poll(CURLM* multi, curl_waitfd* more,
                                                                    unsigned count, int timeout_ms,
                                                                    int* ready) {
  is_agent_thread = true;
  if (happens("poll")) return CURLM_INTERNAL_ERROR;
  static const auto next = next_function<decltype(&curl_multi_poll)>("curl_multi_poll");
  return next(multi, more, count, timeout_ms, ready);
}

extern "C" [[gnu::visibility("default")]] int epoll_wait(int epoll, epoll_event* events, int count,
                                                         int timeout_ms) {
  is_agent_thread = true;
  static const auto next = next_function<decltype(&epoll_wait)>("epoll_wait");
  return next(epoll, events, count, timeout_ms);
}

extern "C" [[gnu::visibility("default")]] int fsync(int file) {
  if (!is_in_program(__builtin_return_address(0)) && happens("disk")) {
    errno = ENOSPC;
    return -1;
  }
  static const auto next = next_function<decltype(&fsync)>("fsync");
  return next(file);
}

[[gnu::visibility("default")]] void* operator new(std::size_t size) {
  if (is_agent_thread && is_in_program(__builtin_return_address(0)) && happens("memory"))
    throw std::bad_alloc();
  // Not malloc: a sanitizer wants to see both ends of what its operator delete will end.
  using Allocate = void* (*)(std::size_t);
  static std::atomic<Allocate> next = nullptr;
  if (next == nullptr) next = next_function<Allocate>("_Znwm");
  return next.load()(size);
}
