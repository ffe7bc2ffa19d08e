#include <async_http_pool/request_task.hpp>

#include <stdexcept>
#include <utility>

#include "request/task_access.hpp"
#include "wire/document.hpp"
#include "wire/request_json.hpp"

namespace async_http_pool {

RequestTask RequestTask::from_json(std::string_view text, std::shared_ptr<TaskHandler> handler,
                                   const ParseLimits& limits) {
  if (handler == nullptr) throw std::invalid_argument("task handler is null");
  const Value document = Value::from_json(text, limits);
  const ObjectReader reader(document, {"task", text.size()});
  Request request = read_request(reader.object("request"), limits);
  const std::string& callback = reader.string("callback");
  if (callback.empty()) reader.refuse("callback", "is empty");
  CallbackArgs callback_args = reader.callback_args("callback_args");
  const TaskOptions options{reader.boolean("raise_error_responses"), reader.string("id")};
  if (options.id.empty()) reader.refuse("id", "is empty");
  // All else is checked: what is left to be refused is the id.
  RequestTask task = reader.check("id", [&] {
    return RequestTask(std::move(request), std::move(handler), callback, std::move(callback_args),
                       options);
  });
  reader.check("id", [&] { TaskAccess::set_redirects(task, reader.strings("redirects")); });
  return task;
}

std::string RequestTask::to_json() const {
  JsonWriter writer;
  writer.begin_object();
  writer.key("request");
  write_request(writer, request_);
  writer.key("callback");
  writer.string(callback_);
  writer.key("callback_args");
  writer.value(callback_args_.value());
  writer.key("raise_error_responses");
  if (raise_error_responses_.has_value()) {
    writer.boolean(*raise_error_responses_);
  } else {
    writer.null();
  }
  writer.key("id");
  writer.string(id_);
  writer.key("redirects");
  write_strings(writer, redirects_);
  writer.end_object();
  return writer.take();
}

}  // namespace async_http_pool
