#include "support/recording_handler.hpp"

#include <algorithm>

namespace async_http_pool::test {

void RecordingHandler::on_complete(const Response& response, std::string_view callback) {
  add(Outcome(response, callback));
}

void RecordingHandler::on_error(const Error& error, std::string_view callback) {
  add(Outcome(std::shared_ptr<const Error>(error.clone()), callback));
}

void RecordingHandler::retry() { add(Outcome(Outcome::GivenBack{}, "")); }

bool RecordingHandler::wait_for(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return outcomes_.size() >= count; });
}

std::vector<Outcome> RecordingHandler::outcomes() const {
  const std::lock_guard lock(mutex_);
  return outcomes_;
}

Outcome RecordingHandler::outcome(std::chrono::milliseconds timeout) const {
  if (!wait_for(1, timeout)) throw std::logic_error("the task has no outcome in time");
  const std::vector<Outcome> all = outcomes();
  if (all.size() != 1)
    throw std::logic_error("the task has " + std::to_string(all.size()) + " outcomes");
  return all.front();
}

std::size_t RecordingHandler::response_count() const {
  const std::vector<Outcome> all = outcomes();
  return static_cast<std::size_t>(std::ranges::count_if(all, &Outcome::is_response));
}

std::size_t RecordingHandler::error_count() const {
  const std::vector<Outcome> all = outcomes();
  return static_cast<std::size_t>(std::ranges::count_if(all, &Outcome::is_error));
}

std::size_t RecordingHandler::retry_count() const {
  const std::vector<Outcome> all = outcomes();
  return static_cast<std::size_t>(std::ranges::count_if(all, &Outcome::is_retry));
}

void RecordingHandler::add(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  outcomes_.push_back(std::move(outcome));
  changed_.notify_all();
}

}  // namespace async_http_pool::test
