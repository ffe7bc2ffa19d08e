#include "client/pending_stream.hpp"

#include "client/stream_access.hpp"
#include "client/thrown_error.hpp"
#include "config/effective_options.hpp"
#include "http/message_framing.hpp"
#include "request/source_claim.hpp"
#include "request/task_access.hpp"

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/exceptions.hpp>

#include <exception>
#include <string>
#include <utility>

namespace async_http_pool {

namespace {

std::exception_ptr exception_of(const Error& error) noexcept {
  try {
    throw_error(error);
  } catch (...) {
    return std::current_exception();
  }
}

ErrorContext context_of(const Request& request, std::string request_id) {
  return {.url = request.url(),
          .method = request.method(),
          .request_id = std::move(request_id),
          .callback_args = {}};
}

/// Of the body, if that is known before it is read.
std::optional<std::uint64_t> body_bytes(const Request& request) {
  if (request.body()) return request.body()->size();
  if (request.body_source() != nullptr) return request.body_source()->size();
  if (request.body_file() || request.multipart()) return std::nullopt;
  return 0;
}

/// As announced, before decoding.
std::optional<std::uint64_t> body_bytes(const Request& request, int status,
                                        const Headers& headers) {
  if (request.method() == "HEAD" || status == 204 || status == 304) return 0;
  const MessageFraming framing = framing_of(headers);
  if (framing.is_coded) return std::nullopt;
  return framing.length;
}

/// What sends nothing reads no body either: whoever writes it learns of that.
void close_source(const std::shared_ptr<BodySource>& source, const void* owner) noexcept {
  SourceClaim claim;
  claim.begin(source, owner);
  claim.end();
}

}  // namespace

ResponseFuture PendingStream::send(ClientAgents& agents, Request request, SendOrder order) {
  const auto state =
      std::make_shared<FutureState>(order.options.executor(), agents.configuration().logger());
  ResponseFuture future = FutureAccess::make(state);
  const std::shared_ptr<BodySource> source = request.body_source();
  try {
    if (order.options.stop_token().stop_requested()) {
      throw RequestError(ErrorType::unknown, ErrorCode::cancelled, "request was cancelled",
                         context_of(request, {}));
    }
    std::unique_ptr<PendingStream> pending(
        new PendingStream(agents, std::move(request), std::move(order), state));
    if (!start(pending)) {  // the agents closed between the admission and now
      close_source(source, state.get());
      pending->fail(pending->given_back_error(pending->exchange_.task()));
    }
  } catch (...) {
    close_source(source, state.get());
    state->fail(std::current_exception());
  }
  return future;
}

PendingStream::PendingStream(ClientAgents& agents, Request request, SendOrder order,
                             std::shared_ptr<FutureState> state)
    : place_(agents.enter()),
      context_(std::move(order.context)),
      are_agents_own_(agents.are_own()),
      executor_(order.options.executor()),
      progress_(order.options.progress()),
      exchange_(RequestTask(std::move(request), agents.silent_handler(), "send"),
                place_.pool->configuration(), place_.pool->transport(), place_.pool->retry_budget(),
                *this,
                {.streams_body = order.mode == BodyMode::streamed,
                 .can_be_cancelled = context_ != nullptr,
                 .wants_progress = progress_.is_wanted()}),
      state_(std::move(state)) {
  state_->set_keeper(std::move(order.keeper));
  const std::shared_ptr<TransferRemote>& remote = exchange_.remote();
  if (remote == nullptr) return;
  state_->set_cancel(remote);
  if (order.options.stop_token().stop_possible())
    stop_.emplace(order.options.stop_token(), Cancel{remote});
}

/// After true it belongs to itself, and is perhaps gone already.
bool PendingStream::start(std::unique_ptr<PendingStream>& pending) {
  if (!pending->exchange_.start()) return false;
  static_cast<void>(pending.release());
  return true;
}

// --- Until the headers ---

void PendingStream::on_hop_started(const RequestTask& task) noexcept {
  if (!progress_.is_wanted()) return;
  try {
    progress_.expect_sent(body_bytes(task.request()));
  } catch (...) {
    // A body source that does not say: it fails the request when it is read.
  }
}

void PendingStream::on_hop_redirected(const RequestTask& task) noexcept { static_cast<void>(task); }

BodySink* PendingStream::on_final_head(int status, const Headers& headers) noexcept {
  const Request& request = exchange_.task().request();
  const Configuration& configuration = place_.pool->configuration();
  const EffectiveOptions options{request.config(), configuration.request_config()};
  try {
    if (progress_.is_wanted()) progress_.expect_received(body_bytes(request, status, headers));
    stream_ = std::make_shared<ResponseStream>(
        ResponseStream::Options{.capacity = options.stream_buffer_size(),
                                .capacity_max = options.max_stream_buffer_size(),
                                .executor = executor_,
                                .logger = configuration.logger(),
                                .remote = exchange_.remote()});
  } catch (const std::exception&) {
    return nullptr;  // no memory: the body is collected, or there is none for that either
  }
  return stream_.get();
}

void PendingStream::on_stream_started(const RequestTask& task, TransferHead&& head) noexcept {
  try {
    stream_->start({.status = head.status,
                    .headers = std::move(head.headers),
                    .body_bytes = head.body_bytes,
                    .url = task.request().url(),
                    .method = task.request().method(),
                    .request_id = TaskAccess::base_id(task),
                    .redirects = task.redirects(),
                    .tls = std::move(head.tls),
                    .metrics = std::move(head.metrics)});
  } catch (const std::exception&) {
    exchange_.remote()->cancel();  // no memory for the head
    return;
  }
  std::exchange(state_, nullptr)->complete(StreamAccess::make(stream_));
}

// --- The body ---

void PendingStream::on_stream_bytes(const RequestTask& task) noexcept {
  static_cast<void>(task);
  stream_->tell_reader();
}

void PendingStream::on_progress(std::uint64_t bytes_sent, std::uint64_t bytes_received) noexcept {
  if (stream_ != nullptr) stream_->note_progress(bytes_received);
  progress_.note(bytes_sent, bytes_received, SteadyClock::now(), logger());
}

// --- The end ---

/// What comes before the application learns of the end: it may send another request at once, and
/// find this one's place free.
void PendingStream::leave() noexcept {
  stop_.reset();
  progress_.end(logger());
  const Slot free_again(std::move(place_.slot));
}

void PendingStream::on_stream_ended(const RequestTask& task, const Headers& trailers,
                                    const Metrics& metrics) noexcept {
  static_cast<void>(task);
  const std::unique_ptr<PendingStream> self(this);
  leave();
  stream_->end(trailers, metrics);
}

void PendingStream::on_response(const RequestTask& task, const Response& response) noexcept {
  static_cast<void>(task);
  const std::unique_ptr<PendingStream> self(this);
  leave();
  try {
    state_->complete(StreamingResponse(response));
  } catch (...) {
    state_->fail(std::current_exception());
  }
}

void PendingStream::on_error(const RequestTask& task, const Error& error) noexcept {
  static_cast<void>(task);
  const std::unique_ptr<PendingStream> self(this);
  leave();
  fail(error);
}

void PendingStream::on_given_back(const RequestTask& task) noexcept {
  const std::unique_ptr<PendingStream> self(this);
  leave();
  try {
    fail(given_back_error(task));
  } catch (...) {  // no memory for an error
    if (state_ != nullptr) state_->fail(std::current_exception());
  }
}

RequestError PendingStream::given_back_error(const RequestTask& task) const {
  const std::string failure = place_.pool->failure();
  const auto error = [&](ErrorCode code, std::string message) {
    return RequestError(ErrorType::unknown, code, std::move(message),
                        context_of(task.request(), TaskAccess::base_id(task)));
  };
  if (!failure.empty()) return error(ErrorCode::internal, "agent failed: " + failure);
  if (place_.pool->state() == ProcessorState::running)
    return error(ErrorCode::out_of_resources, "no memory was left for the outcome");
  return error(ErrorCode::cancelled, are_agents_own_
                                         ? "client was shut down before the request was over"
                                         : "processor was stopped before the request was over");
}

void PendingStream::fail(const Error& error) noexcept {
  if (state_ != nullptr) {
    state_->fail(exception_of(error));
  } else {
    stream_->fail(error);
  }
}

}  // namespace async_http_pool
