#include <async_http_pool/file_store.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <async_http_pool/exceptions.hpp>
#include "base/open_file.hpp"
#include "base/printable.hpp"
#include "stores/file_failure.hpp"
#include "stores/file_leftovers.hpp"
#include "stores/payload_directory.hpp"
#include "stores/payload_key.hpp"

namespace async_http_pool {
namespace {

constexpr std::chrono::milliseconds leftover_age_min = std::chrono::seconds(1);

std::string file_name(std::string_view key) { return fmt::format("{}.json", key); }

/// Takes a file's name away when it goes, unless it was kept.
class Unfinished {
 public:
  Unfinished(const OpenFile& directory, const std::string& name) noexcept
      : directory_(directory), name_(name) {}
  ~Unfinished() {
    if (!is_kept_) static_cast<void>(::unlinkat(directory_.number(), name_.c_str(), 0));
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  void keep() noexcept { is_kept_ = true; }

 private:
  const OpenFile& directory_;
  const std::string& name_;
  bool is_kept_ = false;
};

}  // namespace

/// Opens the directory for each operation, so that one which was removed and made again, or that
/// another was put in the place of, is the right one from then on.
class FileStore::Impl {
 public:
  explicit Impl(const FileStoreOptions& options) : directory_(options.directory) {
    if (options.leftover_age < leftover_age_min) {
      throw std::invalid_argument(fmt::format("leftover_age must be at least 1 s, got: {} ms",
                                              options.leftover_age.count()));
    }
    directory_.make();
    OpenFile directory;
    if (!directory_.open(directory)) throw_file_failure("open directory", path(), ENOENT);
    remove_leftovers(directory, options.leftover_age);
  }

  [[nodiscard]] const std::string& path() const noexcept { return directory_.path(); }

  void store(std::string_view key, std::string_view payload) const {
    if (payload.size() > FileStore::payload_bytes_max) {
      throw_file_failure("write", directory_.path_of(file_name(key)), EFBIG);
    }
    // Who removes the directory between two steps of ours is met with another one; once.
    if (try_store(key, payload) != 0) {
      const int error = try_store(key, payload);
      if (error != 0) throw_file_failure("write", directory_.path_of(file_name(key)), error);
    }
  }

  [[nodiscard]] std::optional<std::string> fetch(std::string_view key) const {
    OpenFile directory;
    if (!directory_.open(directory)) return std::nullopt;
    const std::string name = file_name(key);
    OpenFile file;
    // Not blocking, for it may be a pipe: what is no payload of ours must not hold us up.
    const int error =
        file.open_at(directory.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (error == ENOENT) return std::nullopt;
    if (error != 0) throw_file_failure("open", directory_.path_of(name), error);
    return read_all(file, name);
  }

  void remove(std::string_view key) const {
    OpenFile directory;
    if (!directory_.open(directory)) return;
    const std::string name = file_name(key);
    if (::unlinkat(directory.number(), name.c_str(), 0) != 0) {
      if (errno == ENOENT) return;
      throw_file_failure("remove", directory_.path_of(name), errno);
    }
    const int error = directory.sync();
    if (error != 0) throw_file_failure("synchronize directory", path(), error);
  }

 private:
  /// Returns 0, or ENOENT when the directory went away meanwhile. Throws for all else.
  [[nodiscard]] int try_store(std::string_view key, std::string_view payload) const {
    OpenFile directory;
    if (!directory_.open(directory)) {
      directory_.make();
      if (!directory_.open(directory)) return ENOENT;
    }
    const std::string name = unfinished_file_name(key);
    OpenFile file;
    int error = file.open_at(directory.number(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL,
                             S_IRUSR | S_IWUSR);
    if (error == ENOENT) return error;
    if (error != 0) throw_file_failure("make", directory_.path_of(name), error);
    Unfinished unfinished(directory, name);
    error = file.write(payload);
    if (error == 0) error = file.sync();
    if (error == 0) error = file.close();
    if (error != 0) throw_file_failure("write", directory_.path_of(name), error);
    return publish(directory, name, file_name(key), unfinished);
  }

  [[nodiscard]] int publish(OpenFile& directory, const std::string& unfinished_name,
                            const std::string& name, Unfinished& unfinished) const {
    if (::renameat(directory.number(), unfinished_name.c_str(), directory.number(), name.c_str()) !=
        0) {
      const int error = errno;
      if (error == ENOENT) return error;
      throw_file_failure("write", directory_.path_of(name), error);
    }
    unfinished.keep();
    const int error = directory.sync();
    if (error == 0) return 0;
    // The new payload stays: the old one is gone, and without both there would be none.
    throw_file_failure("synchronize directory", path(), error);
  }

  [[nodiscard]] std::string read_all(OpenFile& file, const std::string& name) const {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) {
      throw_file_failure("look at", directory_.path_of(name), errno);
    }
    if (!S_ISREG(status.st_mode)) refuse_file(name, "no regular file");
    if (!std::in_range<std::size_t>(status.st_size) ||
        static_cast<std::size_t>(status.st_size) > FileStore::payload_bytes_max) {
      throw_file_failure("read", directory_.path_of(name), EFBIG);
    }
    std::string payload(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t count = 0;
    const int error = file.read(payload.data(), payload.size(), count);
    if (error != 0) throw_file_failure("read", directory_.path_of(name), error);
    // A finished file never changes, unless somebody else does it.
    if (count != payload.size()) refuse_file(name, "shorter than it says");
    return payload;
  }

  [[noreturn]] void refuse_file(const std::string& name, std::string_view why) const {
    throw PayloadStoreError(PayloadStoreErrorCode::corrupt,
                            fmt::format("file {} is {}", quoted(directory_.path_of(name)), why));
  }

  const PayloadDirectory directory_;
};

FileStore::FileStore(const FileStoreOptions& options) : impl_(std::make_unique<Impl>(options)) {}

FileStore::~FileStore() = default;

std::string FileStore::store(std::string_view key, std::string_view payload) {
  check_payload_key(key);
  impl_->store(key, payload);
  return std::string(key);
}

std::optional<std::string> FileStore::fetch(std::string_view key) {
  check_payload_key(key);
  return impl_->fetch(key);
}

void FileStore::remove(std::string_view key) {
  check_payload_key(key);
  impl_->remove(key);
}

const std::string& FileStore::directory() const noexcept { return impl_->path(); }

}  // namespace async_http_pool
