#include "stores/file_failure.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "base/printable.hpp"

namespace async_http_pool {

PayloadStoreErrorCode file_error_code(int error) noexcept {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return PayloadStoreErrorCode::full;
    case EROFS:
      return PayloadStoreErrorCode::read_only;
    case EACCES:
    case EPERM:
      return PayloadStoreErrorCode::unauthorized;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
    case EBUSY:
    case ESTALE:  // of a network file system
      return PayloadStoreErrorCode::unavailable;
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      return PayloadStoreErrorCode::misconfigured;
    case EFBIG:
    case EOVERFLOW:
      return PayloadStoreErrorCode::payload_too_large;
    case ELOOP:  // a link, a directory: somebody else's, where a payload should be
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
      return PayloadStoreErrorCode::corrupt;
    default:
      return PayloadStoreErrorCode::internal;
  }
}

void throw_file_failure(std::string_view what, const std::string& path, int error) {
  throw PayloadStoreError(
      file_error_code(error),
      fmt::format("cannot {} {}: {}", what, quoted(path), std::system_category().message(error)));
}

}  // namespace async_http_pool
