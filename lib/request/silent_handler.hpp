#pragma once

#include <async_http_pool/task_handler.hpp>

namespace async_http_pool {

/// Of tasks whose outcome goes to somebody else.
class SilentHandler final : public TaskHandler {
 public:
  void on_complete(const Response& /*response*/, std::string_view /*callback*/) override {}
  void on_error(const Error& /*error*/, std::string_view /*callback*/) override {}
  void retry() override {}
};

}  // namespace async_http_pool
