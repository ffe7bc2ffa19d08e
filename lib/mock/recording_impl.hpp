#pragma once

#include "agent/transport.hpp"
#include "base/guarded.hpp"
#include "mock/recording_document.hpp"
#include "mock/recording_mask.hpp"

#include <async_http_pool/mock_transport.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace async_http_pool {

/// any-thread
class Recording::Impl : public std::enable_shared_from_this<Recording::Impl> {
 public:
  /// Throws as `Recording` does.
  Impl(std::string path, const RecordingOptions& options);

  /// Null: the network's to answer.
  [[nodiscard]] std::shared_ptr<const CannedAnswer> answer_to(const Request& request);
  /// Keeps what the network answers to `request`: before others that are asked for later.
  [[nodiscard]] std::unique_ptr<TransferTap> tap(const Request& request);

  void save();
  [[nodiscard]] bool has_news() const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t size() const;

 private:
  class Tap;
  /// The answers to one request, asked for again and again.
  struct Track {
    std::vector<std::shared_ptr<const CannedAnswer>> answers;
    std::size_t next = 0;
  };
  struct Content {
    RecordedExchanges loaded;
    std::unordered_map<std::string, Track> tracks;  // of `loaded`, by identity
    std::map<std::size_t, std::shared_ptr<const RecordedExchange>> recorded;  // by `next_number`
    std::size_t next_number = 0;
  };

  /// Of the file, without what is not to be in it.
  [[nodiscard]] Request masked(const Request& request) const;
  void load();
  void keep(std::size_t number, RecordedExchange exchange);

  const std::string path_;
  const RecordingMode mode_;
  const std::size_t body_bytes_max_;
  const RecordingMask mask_;
  Guarded<Content> content_;
  Guarded<std::size_t> saved_count_{0};  // of `recorded`, in the file
};

}  // namespace async_http_pool
