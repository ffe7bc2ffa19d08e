#pragma once

#include "line_reader.hpp"
#include "output_stream.hpp"
#include "stored_payloads.hpp"
#include "worker_threads.hpp"

#include <async_http_pool/value.hpp>

#include <deque>
#include <future>
#include <memory>
#include <string>

namespace ahp_tool {

/// Answers lines with the payloads that they refer to. Some are fetched at a time, on threads of
/// their own; lines are answered in the order in which they came, each as soon as it can be. One
/// thread at a time. Members throw `std::system_error` when the output cannot be written.
class PayloadFetch {
 public:
  PayloadFetch(StoredPayloads payloads, bool removes, OwnedDescriptor output);

  /// Answers all lines of an input; those that nothing is fetched for are passed on.
  void answer_all(LineReader reader);
  /// Answers one line, with nothing when there is nothing to fetch.
  void answer_one(const std::string& text);
  void finish();

  /// Whether all threads have ended; else the program must end without destroying what is static.
  [[nodiscard]] bool leave();
  /// Whether something is missing in the answers, or was not removed.
  [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

 private:
  struct Entry {
    LinePiece piece;
    std::string place;  // precedes what is told about the line
    async_http_pool::Value line{};
    const async_http_pool::Value* reference = nullptr;  // in `line`; null: there is none
    std::shared_ptr<PayloadSource> source{};
    std::future<std::string> payload{};
  };

  void start(Entry& entry);
  void take_in(LinePiece piece);
  [[nodiscard]] bool is_ready(const Entry& entry) const;
  void pass_front();
  [[nodiscard]] bool answer(Entry& entry);
  void remove(const Entry& entry);
  void write(const std::string& text);
  void fail(const std::string& message) noexcept;
  [[noreturn]] void fail_to_write() const;

  StoredPayloads payloads_;
  const bool removes_;
  OutputStream output_;
  const Wakeup never_;
  const std::shared_ptr<Wakeup> fetched_ = std::make_shared<Wakeup>();  // shared with the jobs
  std::deque<std::unique_ptr<Entry>> entries_;  // in the order of their coming
  bool has_failed_ = false;
  WorkerThreads threads_;
};

}  // namespace ahp_tool
