#include "request_run.hpp"

#include "leftovers.hpp"
#include "standard_streams.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>
#include <utility>
#include <variant>

namespace ahp_tool {
namespace {

using async_http_pool::EnqueueResult;
using async_http_pool::RequestTask;

constexpr std::size_t line_bytes_max = std::size_t{16} << 20;
// What a reader gets to take the last lines of a run that was stopped.
constexpr auto output_patience = std::chrono::milliseconds(1000);
// What a store gets to end what it has begun, and to remove what is of no use.
constexpr auto storage_patience = std::chrono::milliseconds(1000);

bool shows_progress(const Settings& settings) {
  if (settings.is_quiet || settings.progress == ProgressMode::never) return false;
  return settings.progress == ProgressMode::always || ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

RequestRun::RequestRun(const Settings& settings, RunFiles files)
    : settings_(settings),
      control_(static_cast<std::size_t>(settings.configuration.max_connections()),
               settings.configuration.shutdown_timeout()),
      signals_([this] { control_.stop(); }),
      reader_(std::move(files.input), line_bytes_max),
      requeue_(std::move(files.requeue)),
      writer_(std::move(files.output), control_, stats_, unfinished_),
      storage_(settings.store
                   ? std::make_unique<ResultStorage>(settings.configuration,
                                                     RunSinks{writer_, unfinished_, control_})
                   : nullptr),
      processor_(settings.configuration) {}

RunEnd RequestRun::execute() {
  processor_.start();
  {
    std::unique_ptr<ProgressDisplay> progress;
    if (shows_progress(settings_)) {
      progress = std::make_unique<ProgressDisplay>(
          [this] { return stats_.progress_line(control_.unsettled_count()); });
    }
    feed();
    control_.wait_settled();
  }
  processor_.stop(std::chrono::milliseconds(0));
  if (storage_ != nullptr) storage_->release();
  finish_output();
  save_leftovers();
  const bool has_threads_left = storage_ != nullptr && !leave_storage();
  report();
  if (unfinished_count_ > 0 || is_incomplete_) return {ExitStatus::interrupted, has_threads_left};
  const bool has_errors = stats_.error_count() > 0 || stats_.unstored_count() > 0;
  return {has_errors ? ExitStatus::errors : ExitStatus::ok, has_threads_left};
}

void RequestRun::feed() {
  try {
    while (!control_.is_stopping()) {
      unfinished_.make_room(control_.unsettled_count() + 1);
      std::optional<LinePiece> piece = next_request_line(reader_, {control_.stop_fd()});
      if (!piece) return;
      submit(*std::move(piece));
    }
  } catch (const std::exception& error) {
    complain(fmt::format("the run ends early: {}", error.what()));
    is_incomplete_ = true;
    control_.stop();
  }
}

void RequestRun::submit(LinePiece piece) {
  SourceLine source{piece.number, std::move(piece.text), piece.ends_line};
  if (!control_.enter()) {
    unfinished_.add(std::move(source));
    return;
  }
  if (!source.ends_line) {
    // Only when its error is written for sure may the rest of the line be forgotten.
    if (writer_.push_and_wait({std::move(source), {}, LineFailure{"longer than 16 MiB"}})) {
      reader_.skip_line();
    } else {
      control_.stop_now();
    }
    return;
  }
  std::variant<RequestLine, BadLine> parsed = parse_request_line(source.text, source.number);
  if (auto* bad = std::get_if<BadLine>(&parsed)) {
    writer_.push({std::move(source), std::move(bad->label), LineFailure{std::move(bad->message)}});
    return;
  }
  start(std::move(source), std::get<RequestLine>(std::move(parsed)));
}

void RequestRun::start(SourceLine source, RequestLine line) {
  const std::string callback = line.label.callback;
  const auto job = std::make_shared<RunJob>(std::move(source), std::move(line.label),
                                            RunSinks{sink(), unfinished_, control_});
  try {
    enqueue(RequestTask(std::move(line.request), job, callback, std::move(line.callback_args),
                        {line.raise_error_responses, {}}),
            job);
  } catch (...) {
    job->retry();
    throw;
  }
}

void RequestRun::enqueue(RequestTask task, const std::shared_ptr<RunJob>& job) {
  for (;;) {
    switch (processor_.try_enqueue(task)) {
      case EnqueueResult::accepted:
        return;
      case EnqueueResult::not_running:
        job->retry();
        control_.stop_now();
        return;
      case EnqueueResult::max_capacity:
        // A line is settled a moment before the processor counts its task out.
        control_.wait_for_change();
    }
  }
}

OutcomeSink& RequestRun::sink() noexcept {
  if (storage_ != nullptr) return *storage_;
  return writer_;
}

void RequestRun::finish_output() {
  const auto patience =
      control_.is_out_of_patience() ? std::chrono::milliseconds(0) : output_patience;
  if (writer_.finish(patience)) return;
  if (writer_.error() == EPIPE)
    return;  // nobody reads: no more than that happened, as with head(1)
  is_incomplete_ = true;
  complain(writer_.error() == 0 ? "nobody takes the output: gave up"
                                : fmt::format("cannot write the output: {}",
                                              std::generic_category().message(writer_.error())));
}

void RequestRun::save_leftovers() {
  Leftovers leftovers(requeue_.get());
  leftovers.add(unfinished_.take());
  try {
    if (requeue_ != nullptr || reader_.is_regular_file()) {
      leftovers.add_rest(reader_,
                         {control_.hurry_fd(),
                          RunControl::Clock::now() + settings_.configuration.shutdown_timeout()});
    }
  } catch (const std::exception& error) {
    complain(fmt::format("cannot read the rest of the input: {}", error.what()));
    is_incomplete_ = true;
  }
  unfinished_count_ = leftovers.count();
  if (const std::string failure = leftovers.commit(); !failure.empty()) {
    complain(fmt::format("cannot write {}: {}", settings_.requeue_path, failure));
    has_lost_leftovers_ = is_incomplete_ = true;
  }
  if (!reader_.at_end()) {
    complain("the input was not read to its end");
    is_incomplete_ = true;
  }
}

// Returns whether all of its threads have ended.
bool RequestRun::leave_storage() {
  std::vector<std::string> references = writer_.take_unwritten_references();
  if (!references.empty()) storage_->remove(std::move(references));
  return storage_->finish({control_.hurry_fd(), RunControl::Clock::now() + storage_patience});
}

void RequestRun::report() const {
  if (!settings_.is_quiet) complain(summary());
  if (storage_ != nullptr) report_storage();
  if (unfinished_count_ == 0) return;
  if (requeue_ == nullptr) {
    complain(fmt::format("{} requests are unfinished; --requeue FILE would keep them",
                         unfinished_count_));
  } else if (has_lost_leftovers_) {
    complain(fmt::format("{} unfinished requests are not saved: they are lost from {}",
                         unfinished_count_, settings_.requeue_path));
  } else if (!settings_.is_quiet) {
    complain(
        fmt::format("{} unfinished requests are in {}", unfinished_count_, settings_.requeue_path));
  }
}

std::string RequestRun::summary() const {
  if (storage_ == nullptr) return stats_.summary_line();
  return fmt::format("{}, {} stored", stats_.summary_line(), stats_.stored_count());
}

void RequestRun::report_storage() const {
  if (stats_.unstored_count() > 0) {
    complain(fmt::format("{} results could not be stored and stand in the output themselves",
                         stats_.unstored_count()));
  }
  if (storage_->orphan_count() > 0) {
    complain(fmt::format("{} payloads that no line of the output refers to may be left in {}",
                         storage_->orphan_count(), settings_.store->name));
  }
}

}  // namespace ahp_tool
