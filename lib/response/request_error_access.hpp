#pragma once

#include <async_http_pool/error.hpp>

#include <string>
#include <vector>

namespace async_http_pool {

/// What only a reader gives to a `RequestError`: the words of whoever wrote it.
class RequestErrorAccess {
 public:
  struct Origin {
    std::string class_name;
    std::vector<std::string> backtrace;
  };
  /// Throws `std::invalid_argument` for a type that a request error cannot have.
  [[nodiscard]] static RequestError make(ErrorType type, ErrorCode code, std::string message,
                                         ErrorContext context, Origin origin);
};

}  // namespace async_http_pool
