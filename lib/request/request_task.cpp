#include <async_http_pool/request_task.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/utf8.hpp"
#include "base/uuid.hpp"

namespace async_http_pool {
namespace {

constexpr std::size_t id_bytes_max = 256;

/// The id goes out as a header value and back as JSON: it must be the same text in both.
std::string checked_id(std::string&& id) {
  if (id.size() > id_bytes_max) throw std::invalid_argument("task id is longer than 256 bytes");
  if (id.front() == ' ' || id.back() == ' ')
    throw std::invalid_argument("task id begins or ends with a blank");
  const bool has_control = std::any_of(id.begin(), id.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (has_control) throw std::invalid_argument("task id contains a control character");
  if (!is_utf8(id)) throw std::invalid_argument("task id is not UTF-8");
  return std::move(id);
}

}  // namespace

RequestTask::RequestTask(Request request, std::shared_ptr<TaskHandler> handler,
                         std::string_view callback, CallbackArgs callback_args, TaskOptions options)
    : id_(options.id.empty() ? make_uuid() : checked_id(std::move(options.id))),
      request_(std::move(request)),
      handler_(std::move(handler)),
      callback_(callback),
      callback_args_(std::move(callback_args)),
      raise_error_responses_(options.raise_error_responses) {
  if (handler_ == nullptr) throw std::invalid_argument("task handler is null");
  if (callback_.empty()) throw std::invalid_argument("callback is empty");
}

}  // namespace async_http_pool
