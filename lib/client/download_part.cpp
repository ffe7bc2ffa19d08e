#include "client/download_part.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>
#include "base/printable.hpp"
#include "client/download_rules.hpp"

namespace async_http_pool {
namespace {

constexpr mode_t usual_mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
constexpr mode_t own_mode = S_IRUSR | S_IWUSR;  // a URL may hold a secret
constexpr std::size_t record_bytes_max = std::size_t{1} << 20;
constexpr int tries_max = 100;

std::string checked_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos)
    throw std::invalid_argument("path of a download must be one, got: " +
                                async_http_pool::quoted(path));
  return std::string(path);
}

/// The text of a small file; none when it cannot be had.
std::optional<std::string> small_file(const std::string& path) {
  OpenFile file;
  if (file.open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK) != 0)
    return std::nullopt;
  struct stat status {};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::string text(record_bytes_max, '\0');
  std::size_t size = 0;
  if (file.read(text.data(), text.size(), size) != 0) return std::nullopt;
  text.resize(size);
  return text;
}

std::string string_in(const Value& document, std::string_view name) {
  const Value* const value = document.find(name);
  return value != nullptr && value->is_string() ? value->as_string() : std::string();
}

/// The contrary of `to_json`; none when it is not what that writes.
std::optional<DownloadRecord> read_record(const std::string& text) {
  try {
    const Value document = Value::from_json(text);
    DownloadRecord record{.url = string_in(document, "url"),
                          .validator = string_in(document, "validator")};
    const Value* const total = document.find("total");
    if (!is_download_validator(record.validator) || total == nullptr) return std::nullopt;
    if (total->is_null()) return record;
    if (!total->is_integer() || total->as_integer() < 0) return std::nullopt;
    record.total = static_cast<std::uint64_t>(total->as_integer());
    return record;
  } catch (const ParseError&) {
    return std::nullopt;
  }
}

std::string to_json(const DownloadRecord& record) {
  const Value total = record.total ? Value(*record.total) : Value();
  return Value::object({{"url", record.url}, {"validator", record.validator}, {"total", total}})
      .to_json();
}

}  // namespace

DownloadPart::DownloadPart(std::string_view path)
    : path_(checked_path(path)), part_path_(path_ + ".part"), record_path_(part_path_ + ".json") {
  struct stat status {};
  const bool exists = ::stat(path_.c_str(), &status) == 0;
  if ((exists && S_ISDIR(status.st_mode)) || path_.back() == '/') fail("write", path_, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) fail("replace", path_, EEXIST);  // a device, a pipe
  // Who had the lock may have given the file its name meanwhile, or removed it.
  for (int tries = 0; tries < tries_max; ++tries) {
    if (try_open()) return;
  }
  fail("lock", part_path_, EBUSY);
}

DownloadPart::~DownloadPart() {
  // Nobody can go on with nothing; what cannot be removed is as good.
  if (is_published_ || bytes_ > 0) return;
  static_cast<void>(::unlinkat(AT_FDCWD, record_path_.c_str(), 0));
  static_cast<void>(::unlinkat(AT_FDCWD, part_path_.c_str(), 0));
}

/// Whether what is open now and locked is still what its name stands for.
bool DownloadPart::try_open() {
  OpenFile& file = file_.emplace();
  // Not blocking, for it may be a pipe.
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
  const int error = file.open_at(AT_FDCWD, part_path_.c_str(), flags, usual_mode);
  if (error != 0) fail("open", part_path_, error);
  struct stat opened {};
  if (::fstat(file.number(), &opened) != 0) fail("look at", part_path_, errno);
  if (!S_ISREG(opened.st_mode)) fail("write", part_path_, EEXIST);
  lock();
  struct stat named {};
  if (::stat(part_path_.c_str(), &named) != 0 || named.st_dev != opened.st_dev ||
      named.st_ino != opened.st_ino)
    return false;
  bytes_ = static_cast<std::uint64_t>(named.st_size);
  return true;
}

void DownloadPart::lock() const {
  if (without_interruption([&] { return ::flock(file_->number(), LOCK_EX | LOCK_NB); }) == 0)
    return;
  if (errno != EWOULDBLOCK) fail("lock", part_path_, errno);
  throw std::system_error(
      std::make_error_code(std::errc::device_or_resource_busy),
      fmt::format("another download to {} is under way", async_http_pool::quoted(path_)));
}

std::optional<DownloadRecord> DownloadPart::recall(const std::string& url) const {
  const std::optional<std::string> text = small_file(record_path_);
  std::optional<DownloadRecord> record = text ? read_record(*text) : std::nullopt;
  if (!record || record->url != url) return std::nullopt;
  if (bytes_ == 0 || (record->total && bytes_ > *record->total)) return std::nullopt;
  return record;
}

void DownloadPart::start_anew(const DownloadRecord& record) {
  const bool had_bytes = bytes_ > 0;
  truncate(0);
  // The old bytes must never come back after a crash, to stand below the new record.
  if (had_bytes) {
    const int error = file_->sync();
    if (error != 0) fail("write", part_path_, error);
  }
  if (!record.validator.empty()) return keep(record);
  if (::unlinkat(AT_FDCWD, record_path_.c_str(), 0) != 0 && errno != ENOENT)
    fail("remove", record_path_, errno);
}

void DownloadPart::go_on_at(std::uint64_t offset) { truncate(offset); }

void DownloadPart::truncate(std::uint64_t bytes) {
  const int error =
      without_interruption([&] { return ::ftruncate(file_->number(), off_t(bytes)); }) == 0 ? 0
                                                                                            : errno;
  if (error != 0) fail("write", part_path_, error);
  bytes_ = bytes;
}

void DownloadPart::keep(const DownloadRecord& record) const {
  OpenFile file;
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
  int error = file.open_at(AT_FDCWD, record_path_.c_str(), flags, own_mode);
  if (error == 0) error = file.write(to_json(record));
  if (error == 0) error = file.close();
  if (error != 0) fail("write", record_path_, error);
}

void DownloadPart::write(std::string_view bytes) {
  const int error = file_->write(bytes);
  if (error != 0) fail("write", part_path_, error);
  bytes_ += bytes.size();
}

void DownloadPart::publish() {
  int error = file_->sync();
  if (error != 0) fail("write", part_path_, error);
  if (::renameat(AT_FDCWD, part_path_.c_str(), AT_FDCWD, path_.c_str()) != 0)
    fail("write", path_, errno);
  is_published_ = true;
  // Without its part nobody reads it: all that can be done is done.
  static_cast<void>(::unlinkat(AT_FDCWD, record_path_.c_str(), 0));
  const std::filesystem::path parent = std::filesystem::path(path_).parent_path();
  OpenFile directory;
  error =
      directory.open_at(AT_FDCWD, parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY);
  if (error == 0) error = directory.sync();
  // One that may be written and not read is a usual thing.
  if (error != 0 && error != EACCES) fail("synchronize directory of", path_, error);
}

void DownloadPart::fail(const char* what, const std::string& path, int error) const {
  throw std::system_error(error, std::generic_category(),
                          fmt::format("cannot {} {}", what, async_http_pool::quoted(path)));
}

}  // namespace async_http_pool
