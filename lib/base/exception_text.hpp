#pragma once

#include <exception>
#include <string>

namespace async_http_pool {

/// What the exception being handled says; only inside a catch block.
[[nodiscard]] inline std::string current_exception_text() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an object that is no std::exception";
  }
}

}  // namespace async_http_pool
