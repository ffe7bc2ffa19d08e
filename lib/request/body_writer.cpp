#include <async_http_pool/body_source.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/agent_thread.hpp"
#include "request/body_writer_pipe.hpp"

namespace async_http_pool {
namespace {

/// Ten years, as for all that waits: `timeout` must not overflow a deadline.
constexpr std::chrono::milliseconds timeout_max = std::chrono::hours(24 * 3650);

}  // namespace

struct BodyWriter::State {
  std::shared_ptr<Pipe> pipe;
  /// What `source` gives: closes the pipe when the last copy of it goes.
  std::shared_ptr<BodySource> source;  // ours, until the application has one
  std::weak_ptr<BodySource> given;

  /// From now on the others' copies alone keep the source. Not as soon as it was asked for: the
  /// builder of a request may be asking.
  void leave_source_to_others() noexcept {
    if (!given.expired()) source.reset();
  }
  std::size_t write(std::string_view bytes, TimePoint deadline) {
    leave_source_to_others();
    return pipe->write(bytes, deadline);
  }
};

BodyWriter::BodyWriter(BodyWriterOptions options) {
  if (options.capacity == 0) throw std::invalid_argument("capacity of a body writer is 0");
  auto pipe = std::make_shared<Pipe>(options);
  std::shared_ptr<BodySource> source(pipe.get(), [pipe](BodySource*) { pipe->close(); });
  state_ = std::make_unique<State>(State{std::move(pipe), std::move(source), {}});
}

BodyWriter::~BodyWriter() {
  if (state_) fail();
}

BodyWriter::BodyWriter(BodyWriter&&) noexcept = default;

BodyWriter& BodyWriter::operator=(BodyWriter&& other) noexcept {
  BodyWriter before(std::move(other));
  state_.swap(before.state_);
  return *this;
}

std::shared_ptr<BodySource> BodyWriter::source() const noexcept {
  if (state_->source) state_->given = state_->source;
  std::shared_ptr<BodySource> source = state_->given.lock();
  return source ? source : state_->pipe;  // closed, as nobody wanted it
}

bool BodyWriter::write(std::string_view bytes) {
  refuse_on_agent_thread("BodyWriter::write");
  return state_->write(bytes, TimePoint::max()) == bytes.size() && is_wanted();
}

std::size_t BodyWriter::write_for(std::string_view bytes, std::chrono::milliseconds timeout) {
  if (timeout.count() > 0) refuse_on_agent_thread("BodyWriter::write_for");
  return state_->write(bytes, SteadyClock::now() + std::clamp(timeout, {}, timeout_max));
}

bool BodyWriter::is_wanted() const noexcept {
  state_->leave_source_to_others();
  return state_->pipe->is_wanted();
}

void BodyWriter::finish() { state_->pipe->finish(); }

void BodyWriter::fail(std::exception_ptr cause) noexcept { state_->pipe->fail(std::move(cause)); }

}  // namespace async_http_pool
