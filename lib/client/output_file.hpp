#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace async_http_pool {

/// A file that is written from its start; what it had before is gone. All members throw
/// `std::system_error`.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view bytes);
  /// Before it is destroyed, for those who want to know.
  void close();

 private:
  [[noreturn]] void fail(int error) const;

  const std::string path_;
  int descriptor_ = -1;
};

}  // namespace async_http_pool
