#include "output_writer.hpp"

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace ahp_tool {
namespace {

constexpr auto patience_check_interval = std::chrono::milliseconds(100);

// None when there is no memory for it.
std::optional<std::string> encode(Outcome& outcome) noexcept {
  try {
    if (outcome.result_json.empty()) outcome.result_json = encode_result(outcome);
    return to_output_line(outcome);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  } catch (const std::exception& error) {
    try {
      outcome.result = LineFailure{error.what()};
      outcome.result_json = encode_result(outcome);
      return to_output_line(outcome);
    } catch (const std::bad_alloc&) {
      return std::nullopt;
    }
  }
}

}  // namespace

OutputWriter::OutputWriter(OwnedDescriptor output, RunControl& control, RunStats& stats,
                           UnfinishedLines& unfinished)
    : control_(control),
      stats_(stats),
      unfinished_(unfinished),
      stream_(std::move(output)),
      thread_([this] {
        write_until_closed();
        ended_.set_value();
      }) {}

OutputWriter::~OutputWriter() {
  if (thread_.joinable()) static_cast<void>(finish(std::chrono::milliseconds(0)));
}

void OutputWriter::push(Outcome&& outcome) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(outcome));
  if (queue_.size() == 1) wakeup_.raise();
}

bool OutputWriter::push_and_wait(Outcome outcome) {
  std::promise<bool> written;
  outcome.written = &written;
  std::future<bool> result = written.get_future();
  push(std::move(outcome));
  while (result.wait_for(patience_check_interval) == std::future_status::timeout) {
    if (control_.is_out_of_patience() || RunControl::Clock::now() >= control_.deadline())
      give_up_.raise();
  }
  return result.get();
}

bool OutputWriter::finish(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wakeup_.raise();
  }
  if (ended_.get_future().wait_for(patience) == std::future_status::timeout) give_up_.raise();
  thread_.join();
  if (failed_) return false;
  return stream_.close();
}

void OutputWriter::write_until_closed() {
  for (;;) {
    if (failed_) {
      wakeup_.wait();
    } else if (!stream_.wait(wakeup_)) {
      fail();
    }
    std::vector<Outcome> batch = take_queue();
    for (Outcome& outcome : batch) settle(outcome);
    const std::lock_guard lock(mutex_);
    if (closed_ && queue_.empty()) return;
  }
}

std::vector<Outcome> OutputWriter::take_queue() {
  const std::lock_guard lock(mutex_);
  if (!closed_) wakeup_.clear();
  return std::exchange(queue_, {});
}

void OutputWriter::settle(Outcome& outcome) {
  const bool was_written = !failed_ && write(outcome);
  if (was_written) {
    if (outcome.is_response()) {
      stats_.add_response(std::get<async_http_pool::Response>(outcome.result).duration());
    } else {
      stats_.add_error();
    }
    if (outcome.is_stored) {
      stats_.add_stored();
    } else if (outcome.result_json.size() > outcome.inline_bytes_max) {
      stats_.add_unstored();
    }
  } else {
    if (outcome.is_stored) keep_reference(outcome);
    unfinished_.add(std::move(outcome.source));
  }
  if (outcome.written != nullptr) outcome.written->set_value(was_written);
  control_.leave();
}

void OutputWriter::keep_reference(Outcome& outcome) noexcept {
  try {
    unwritten_references_.push_back(std::move(outcome.result_json));
  } catch (const std::bad_alloc&) {
    // Then the payload stays in the store, where nobody asks for it: no line is lost by that.
  }
}

bool OutputWriter::write(Outcome& outcome) {
  const std::optional<std::string> line = encode(outcome);
  if (!line) return false;
  if (stream_.write_line(*line, give_up_) == WriteResult::done) return true;
  fail();
  return false;
}

void OutputWriter::fail() {
  failed_ = true;
  control_.stop_now();
}

}  // namespace ahp_tool
