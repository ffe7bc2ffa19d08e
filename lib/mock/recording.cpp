#include <async_http_pool/mock_transport.hpp>

#include "base/log.hpp"
#include "http/url.hpp"
#include "mock/mock_answer_state.hpp"
#include "mock/recording_file.hpp"
#include "mock/recording_impl.hpp"

#include <async_http_pool/logger.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

/// A test has no logger; this is all that is left.
template <typename... Args>
void complain(fmt::format_string<Args...> format, Args&&... args) noexcept {
  try {
    log_message(make_stderr_logger(), LogLevel::error, format, std::forward<Args>(args)...);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nowhere left
  }
}

void copy_body(const Request& request, RequestBuilder& builder) {
  if (request.body()) builder.body(*request.body());
  if (request.body_file()) builder.body_file(*request.body_file());
  if (request.multipart()) builder.multipart(*request.multipart());
}

std::shared_ptr<const CannedAnswer> canned(const RecordedExchange& exchange) {
  return std::make_shared<CannedAnswer>(CannedAnswer{.status = exchange.status,
                                                     .headers = exchange.headers,
                                                     .pieces = {exchange.body},
                                                     .trailers = exchange.trailers});
}

}  // namespace

/// Keeps a response as it comes, for the recording when it is complete.
class Recording::Impl::Tap final : public TransferTap {
 public:
  Tap(std::shared_ptr<Impl> recording, std::size_t number, Request request)
      : recording_(std::move(recording)),
        number_(number),
        exchange_{.request = std::move(request)} {}

  void on_head(int status, const Headers& headers) override {
    exchange_.status = status;
    exchange_.headers = recording_->mask_.headers(headers);
    exchange_.body.clear();
    is_too_large_ = false;
  }

  void on_body(std::string_view bytes) override {
    is_too_large_ =
        is_too_large_ || bytes.size() > recording_->body_bytes_max_ - exchange_.body.size();
    if (!is_too_large_) exchange_.body.append(bytes);
  }

  void on_end(const Headers& trailers) noexcept override {
    if (is_too_large_) {
      complain("recording {}: the response to {} {} is too large, and not kept", recording_->path_,
               exchange_.request.method(), exchange_.request.url());
      return;
    }
    try {
      exchange_.trailers = recording_->mask_.headers(trailers);
      recording_->keep(number_, std::move(exchange_));
    } catch (const std::exception& error) {
      complain("recording {}: a response is not kept: {}", recording_->path_, error.what());
    }
  }

 private:
  const std::shared_ptr<Impl> recording_;  // whose owner may be gone by then
  const std::size_t number_;
  RecordedExchange exchange_;
  bool is_too_large_ = false;
};

Recording::Impl::Impl(std::string path, const RecordingOptions& options)
    : path_(std::move(path)),
      mode_(options.mode),
      body_bytes_max_(options.body_bytes_max),
      mask_(options.masked_headers, options.masked_params) {
  if (mode_ != RecordingMode::record) load();
}

void Recording::Impl::load() {
  const std::optional<std::string> text = read_recording_file(path_);
  if (!text) {
    if (mode_ == RecordingMode::automatic) return;
    throw std::system_error(ENOENT, std::generic_category(),
                            fmt::format("cannot read recording \"{}\"", path_));
  }
  Content content;
  content.loaded = read_recording(*text);
  for (const auto& exchange : content.loaded)
    content.tracks[identity_of(masked(exchange->request))].answers.push_back(canned(*exchange));
  content_.with([&](Content& current) { current = std::move(content); });
}

Request Recording::Impl::masked(const Request& request) const {
  RequestBuilder builder = Request::builder(request.method(), mask_.url(request.url()));
  builder.headers(mask_.headers(request.headers()));
  copy_body(request, builder);
  return builder.build();
}

std::shared_ptr<const CannedAnswer> Recording::Impl::answer_to(const Request& request) {
  if (mode_ == RecordingMode::record) return nullptr;
  const std::string identity = identity_of(masked(request));
  auto answer = content_.with([&](Content& content) -> std::shared_ptr<const CannedAnswer> {
    const auto found = content.tracks.find(identity);
    if (found == content.tracks.end()) return nullptr;
    Track& track = found->second;
    const std::size_t index = std::min(track.next, track.answers.size() - 1);
    track.next = index + 1;
    return track.answers[index];
  });
  if (answer != nullptr || mode_ == RecordingMode::automatic) return answer;
  return not_mocked(fmt::format("recording \"{}\" has no answer to {} {}", path_, request.method(),
                                redact_url(request.url())));
}

std::unique_ptr<TransferTap> Recording::Impl::tap(const Request& request) {
  const std::size_t number = content_.with([](Content& content) { return content.next_number++; });
  return std::make_unique<Tap>(shared_from_this(), number, masked(request));
}

void Recording::Impl::keep(std::size_t number, RecordedExchange exchange) {
  auto kept = std::make_shared<const RecordedExchange>(std::move(exchange));
  content_.with([&](Content& content) { content.recorded.emplace(number, std::move(kept)); });
}

std::size_t Recording::Impl::size() const {
  return content_.with(
      [](const Content& content) { return content.loaded.size() + content.recorded.size(); });
}

bool Recording::Impl::has_news() const {
  const std::size_t count =
      content_.with([](const Content& content) { return content.recorded.size(); });
  return saved_count_.with([&](std::size_t saved) { return count > saved; });
}

void Recording::Impl::save() {
  RecordedExchanges exchanges;
  std::size_t count = 0;
  content_.with([&](const Content& content) {
    exchanges = content.loaded;
    for (const auto& [number, exchange] : content.recorded) exchanges.push_back(exchange);
    count = content.recorded.size();
  });
  const std::string text = write_recording(exchanges);
  // Held while the file is written: it keeps nobody waiting but others that save.
  saved_count_.with([&](std::size_t& saved) {
    if (count < saved) return;  // another thread has saved that, and more
    replace_recording_file(path_, text);
    saved = count;
  });
}

Recording::Recording(std::string_view path, const RecordingOptions& options)
    : impl_(std::make_shared<Impl>(std::string(path), options)) {}

Recording::~Recording() {
  try {
    if (impl_->has_news()) impl_->save();
  } catch (const std::exception& error) {
    complain("{}", error.what());
  }
}

void Recording::save() { impl_->save(); }

std::size_t Recording::size() const { return impl_->size(); }

}  // namespace async_http_pool
