#include <async_http_pool/task_handler.hpp>

namespace async_http_pool {

// The key function: one vtable and one type info, in the library, for every program.
TaskHandler::~TaskHandler() = default;

bool TaskHandler::streams_body() const { return false; }

void TaskHandler::on_body(const Response& /*response*/, std::string_view /*bytes*/) {}

}  // namespace async_http_pool
