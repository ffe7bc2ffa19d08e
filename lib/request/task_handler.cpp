#include <async_http_pool/task_handler.hpp>

namespace async_http_pool {

// The key function: one vtable and one type info, in the library, for every program.
TaskHandler::~TaskHandler() = default;

}  // namespace async_http_pool
